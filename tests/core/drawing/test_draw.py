"""The text of a drawing; drawing does not change the graph."""

from __future__ import annotations

import copy
import inspect
import re
import threading
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.drawing import Drawing
from minigrad_core.errors import ArgumentError, FreedGraphError
from tests.core.drawing.programs import Scale, Stack, random_graph
from tests.core.tiny_ops import make_operation


def get_text(picture: Drawing) -> str:
    """Return the Mermaid diagram with plain separators."""
    return picture.mermaid().replace("<br>", " | ")


def test_an_expression_shows_its_operations_inputs_shapes_and_dtypes() -> None:
    x = mg.tensor([0.0, 1.0, 2.0], requires_grad=True)
    loss = np.sum(np.tanh(x) ** 2)
    text = get_text(mg.draw(loss))
    assert '(["x | (3,) float64"])' in text
    assert '["basic::tanh | (3,) float64"]' in text
    assert '["basic::power | y 2 | (3,) float64"]' in text
    assert '["basic::sum | loss () float64"]' in text
    assert text.count("-->") == 4  # x, tanh, power, sum, and out


def test_an_input_used_twice_is_one_card_and_used_twice_by_one_operation_one_arrow() -> None:
    x = mg.tensor(2.0, requires_grad=True)
    text = get_text(mg.draw(x * x + x))
    assert text.count('(["x | ') == 1
    assert text.count("-->") == 4  # x to multiply, x to add, multiply to add, and out


def test_arrows_are_named_where_the_order_of_the_arguments_matters(tmp_path: Path) -> None:
    a: Any = mg.tensor(np.ones((2, 2)), requires_grad=True)
    b: Any = np.ones((2, 2))
    first, second = inspect.signature(mg.ops.basic.divide).parameters
    text = get_text(mg.draw(b / a))
    assert text.count(f'-->|"{first}"| ') == text.count(f'-->|"{second}"| ') == 1
    source = next(line for line in text.splitlines() if '["b | ' in line).split("(")[0].strip()
    assert f'{source} -->|"{first}"| ' in text  # the numerator
    mg.draw(np.matmul(a, b)).save(tmp_path / "g.dot")
    assert len(re.findall(r'n\d -> n\d \[label="[xy]"\]', (tmp_path / "g.dot").read_text())) == 2
    joined: Any = np.concatenate([a, b])
    joined = get_text(mg.draw(joined))
    assert len(re.findall(r'-->\|"\w+#91;[01]#93;"\| ', joined)) == 2
    for commutative in (a * b, np.maximum(a, b), a / a, np.sin(a)):
        assert "|" not in mg.draw(commutative).mermaid()


def test_arrays_are_inputs_and_parameters_are_rows_of_their_operations_card() -> None:
    weight, offsets = mg.Parameter(np.ones(3), "w"), np.arange(3)
    text = get_text(mg.draw(weight * offsets))
    assert f'(["offsets | (3,) {offsets.dtype}"])' in text
    assert "basic::multiply | w (3,) | (3,) float64" in text
    assert "argument" not in text


def test_an_input_without_a_variable_is_titled_with_its_role() -> None:
    x = mg.tensor(np.ones((2, 3)), requires_grad=True)
    text = get_text(mg.draw(np.matmul(np.ones((4, 2)), x)))
    assert '(["x | (2, 3) float64"])' in text
    assert '(["x of matmul | (4, 2) float64"])' in text


def test_modules_are_boxes_with_the_names_of_attributes() -> None:
    model = Stack(2)
    text = get_text(mg.draw(model(np.ones(3))))
    assert 'subgraph s0["model: Stack"]' in text
    assert 'subgraph s1["layers.0: Scale"]' in text
    assert "basic::multiply | factor (3,)" in text  # short, inside of its module's box
    inside = text[text.index("subgraph s1") : text.index("end")]
    assert inside.count("basic::") == 2


def test_a_module_with_one_operation_shares_its_card() -> None:
    class Double(mg.Module):
        def forward(self, x: Any) -> Any:
            return x * 2

    double, x = Double(), mg.tensor(1.0, requires_grad=True)
    text = get_text(mg.draw(double(x)))
    assert "subgraph" not in text
    assert '["double: Double | basic::multiply | ' in text


def test_a_module_that_was_freed_still_has_its_box() -> None:
    text = get_text(mg.draw(Stack(2)(np.ones(3))))
    assert 'subgraph s0["Stack"]' in text
    assert 'subgraph s1["layers.0: Scale"]' in text
    assert 'subgraph s2["layers.1: Scale"]' in text
    assert "x2 (3,)" in text or "y (3,)" in text  # the argument's name, for that of the parameter


def test_modules_that_are_called_by_themselves_have_their_place_in_the_model() -> None:
    models = {"first": Stack(2)}  # in no variable
    x: Any = np.ones(3)
    for index in range(2):
        x = models["first"].layers[index](x)
    text = get_text(mg.draw(x))
    assert "layers.0: Scale" in text
    assert "layers.1: Scale" in text


def test_a_slice_of_a_list_of_modules_leaves_their_place() -> None:
    class Sliced(Stack):
        def __init__(self) -> None:
            super().__init__(2)
            self.first: Any = self.layers[:1]

    text = get_text(mg.draw(Sliced()(np.ones(3))))  # pytest would keep a module in an assert alive
    assert 'subgraph s2["layers.1: Scale"]' in text


def test_copies_and_assignments_again_have_their_own_place() -> None:
    class Pair(mg.Module):
        def __init__(self) -> None:
            self.first = Stack(1)
            self.second = copy.deepcopy(self.first)
            self.last: Any = self.first.layers[0]

        def forward(self, x: Any) -> Any:
            return self.last(self.second(self.first(x)))

    text = get_text(mg.draw(Pair()(np.ones(3))))
    for name in ("first: Stack", "second: Stack", "layers.0: Scale", "last: Scale"):
        assert f'"{name}"' in text


def test_a_parameter_that_two_calls_read_is_told_as_one() -> None:
    class Tied(mg.Module):
        def __init__(self) -> None:
            self.one, self.two = Scale(3), Scale(3)
            self.two.factor = self.one.factor

        def forward(self, x: Any) -> Any:
            return self.two(self.one(x))

    text = get_text(mg.draw(Tied()(np.ones(3))))
    assert len(re.findall(r"\w+ \(shared 1\) \(3,\)", text)) == 2
    assert '"one: Scale"' in text
    model = Tied()
    # Below `two`; below `one`: factor.
    assert get_text(mg.draw(model(np.ones(3)))).count("one.factor (3,)") == 1


def test_a_module_that_returns_several_tensors_is_a_box_around_all() -> None:
    class Both(mg.Module):
        def forward(self, x: Any) -> Any:
            return {"first": (np.sin(x), [np.cos(x)])}

    x = mg.tensor(1.0, requires_grad=True)
    parts = Both()(x)["first"]
    text = get_text(mg.draw(parts[0] * parts[1][0]))
    inside = text[text.index("subgraph") : text.index("end")]
    assert "basic::sin" in inside
    assert "basic::cos" in inside
    assert "basic::multiply" not in inside


def test_a_module_that_returns_its_input_has_no_box() -> None:
    class Identity(mg.Module):
        def forward(self, x: Any) -> Any:
            return x

    x = mg.tensor(1.0, requires_grad=True)
    assert "subgraph" not in get_text(mg.draw(Identity()(np.sin(x) * 2)))


def test_calls_in_other_threads_do_not_get_into_a_box() -> None:
    x = mg.tensor(np.ones(3), requires_grad=True)
    found: list[Any] = []

    class Waiting(mg.Module):
        def forward(self, x: Any) -> Any:
            thread = threading.Thread(target=lambda: found.append(Scale(3)(x)))
            x = np.sin(x)
            thread.start()
            thread.join()
            return np.cos(x)

    y = Waiting()(x)
    text = get_text(mg.draw(y))
    assert text.count("basic::") == 2  # nothing here was computed from the calls in the thread
    assert text.count("subgraph") == 1
    assert "basic::multiply" in get_text(mg.draw(y + found[0]))


def test_values_show_small_arrays_and_the_gradients_of_the_output() -> None:
    a, b = mg.tensor(2.0, requires_grad=True), mg.tensor(-3.0, requires_grad=True)
    product = a * b
    text = get_text(mg.draw(product**2, values=True))
    assert '(["a | () float64 | value 2. | grad 36."])' in text
    assert "product () float64 | value -6. | grad -12." in text
    assert a.grad is None
    assert "value" not in get_text(mg.draw(mg.tensor(np.ones(10), requires_grad=True) * 2, values=True))


def test_values_leave_the_graph_of_a_compiled_function_to_backward() -> None:
    square, x = mg.compile(lambda x: np.sum(x**2)), mg.tensor(3.0, requires_grad=True)
    square(x)
    y = square(x)  # a replay

    assert "grad 6." in get_text(mg.draw(y, values=True))
    y.backward()

    assert x.grad == 6


@pytest.mark.parametrize("values", [False, True])
def test_drawing_changes_nothing(values: bool) -> None:
    def gradients(*, drawn: bool) -> list[Any]:
        model = Stack(3)
        loss = np.sum(model(np.ones(3)) ** 2)
        if drawn:
            before = [p.grad for p in model.parameters()]
            mg.draw(loss, values=values, max_nodes=3)
            assert [p.grad for p in model.parameters()] == before
        loss.backward()
        return [p.grad for p in model.parameters()]

    np.testing.assert_array_equal(gradients(drawn=True), gradients(drawn=False))


@pytest.mark.usefixtures("without_gc")
@pytest.mark.parametrize("values", [False, True])
def test_a_drawing_does_not_refer_to_the_graph_and_makes_no_cycle(values: bool) -> None:
    x = mg.tensor(np.ones(3), requires_grad=True)
    leaf, model = ref(x), Stack(2)
    network = ref(model)
    picture = mg.draw(model(x), values=values)
    del x, model
    assert leaf() is None
    assert network() is None
    assert "Stack" in picture.mermaid()


def test_a_dict_of_the_callers_variables_is_not_emptied() -> None:
    x = mg.tensor(1.0, requires_grad=True)
    variables = locals()
    mg.draw(x)
    assert variables["x"] is x


@pytest.mark.usefixtures("without_gc")
def test_a_module_that_holds_its_output_is_freed_by_reference_counting() -> None:
    class Keeping(mg.Module):
        def forward(self, x: Any) -> Any:
            self.last = np.sin(x)
            return self.last

    module = Keeping()
    module(mg.tensor(1.0, requires_grad=True))
    gone = ref(module)
    del module
    assert gone() is None


def test_a_freed_graph_is_refused() -> None:
    x = mg.tensor(1.0, requires_grad=True)
    y: Any = np.sin(np.cos(x))
    y.backward()
    with pytest.raises(FreedGraphError, match="draw before backward, or pass it retain_graph=True"):
        mg.draw(y)


X = mg.tensor(1.0, requires_grad=True)


@pytest.mark.parametrize(
    ("output", "options", "message"),
    [
        (mg.tensor(1.0) * 2, {}, "this tensor was computed without recording"),
        (np.ones(3), {}, "draw needs the tensor .* got ndarray"),
        (None, {}, "draw needs the tensor .* got NoneType"),
        (X, {"max_nodes": 0}, "max_nodes must be a whole number from 1 up, got 0"),
        (X, {"max_nodes": 2.5}, "max_nodes must be"),
        (X, {"max_nodes": "10"}, "max_nodes must be"),
        (X * 1j, {"values": True}, "gradients of a real output; this one is complex128"),
    ],
)
def test_wrong_arguments_are_refused(output: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        mg.draw(output, **options)


def test_a_leaf_is_a_picture_of_one_card() -> None:
    weight = mg.tensor(np.ones((2, 3)), requires_grad=True)
    assert get_text(mg.draw(weight)) == 'flowchart TD\n  n0(["weight | (2, 3) float64"])\n'


def test_an_unregistered_operation_has_its_bare_name_and_settings_that_differ_from_the_default() -> None:
    def forward(self: Any, ctx: mg.Context, x: Any, *, power: int = 3) -> Any:
        return x**power

    x, cube = mg.tensor(2.0, requires_grad=True), make_operation(forward, name="cube")
    assert '["cube | power 4 | ' in get_text(mg.draw(cube(x, power=4)))
    assert "power" not in get_text(mg.draw(cube(x, power=3)))


@pytest.mark.parametrize("seed", range(5))
def test_all_arrows_of_a_graph_without_a_pattern_are_drawn(seed: int) -> None:
    y = random_graph(seed)
    picture = mg.draw(y, max_nodes=1000)
    edges, stack, seen = set(), [y.node], set()
    while stack:
        node = stack.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        edges |= {(id(x.node or x), id(node)) for x in node.inputs}
        stack += [x.node for x in node.inputs]
    assert picture.mermaid().count("-->") == len(edges) + 1
    assert repr(picture) == f"<Drawing: {len(seen)} operations>"
