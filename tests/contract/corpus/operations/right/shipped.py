"""Shipped operations as right twins: tests/contract/test_registered.py holds them to their laws."""

from __future__ import annotations

from typing import Any

from minigrad_core import ops


def make_class(name: str) -> Any:
    """Return a class whose instances are a shipped operation, without complex numbers.

    A subclass may replace the attributes of the operation: `function` and `rule` of an elementwise operation.
    """
    operation = ops[name]
    attributes: dict[str, Any] = {
        key: staticmethod(value) if callable(value) else value for key, value in vars(operation).items()
    }
    attributes |= {"__init__": lambda self: None, "__module__": __name__, "takes_complex": False}
    return type(name, (type(operation),), attributes)


# d/dx = rule(grad, x)
Abs, ArcSinh, Cosh, Expm1 = map(make_class, ("basic::fabs", "basic::arcsinh", "basic::cosh", "basic::expm1"))
Log, Log1p, Sin, Sinh = map(make_class, ("basic::log", "basic::log1p", "basic::sin", "basic::sinh"))
Square = make_class("basic::square")
# d/dx = rule(grad, y)
Exp, Reciprocal = make_class("basic::exp"), make_class("basic::reciprocal")
Sqrt, Tanh = make_class("basic::sqrt"), make_class("basic::tanh")

Add, Subtract = make_class("basic::add"), make_class("basic::subtract")
Multiply, Divide = make_class("basic::multiply"), make_class("basic::divide")
Hypot, Maximum = make_class("basic::hypot"), make_class("basic::maximum")
Radians, Round = make_class("basic::deg2rad"), make_class("basic::rint")

CumulativeSum, Mean, Sum = make_class("basic::cumsum"), make_class("basic::mean"), make_class("basic::sum")
Matmul, StackRows = make_class("basic::matmul"), make_class("basic::stack")
Unfold = make_class("basic::sliding_window_view")

LeakyRelu, Relu = make_class("nn::leaky_relu"), make_class("nn::relu")
Sigmoid, Softplus = make_class("nn::sigmoid"), make_class("nn::softplus")
Softmax, LogSoftmax = make_class("nn::softmax"), make_class("nn::log_softmax")
Affine, CrossEntropy = make_class("nn::affine"), make_class("nn::cross_entropy")
