"""What a drawing says of a graph, and what it leaves alone."""

from __future__ import annotations

import gc
import threading
from typing import Any
from weakref import ref

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.drawing import Drawing
from minigrad_core.errors import ArgumentError, FreedGraphError
from tests.core.drawing.programs import Scale, Stack, random_graph


def said(picture: Drawing) -> str:
    """Return the diagram as text, with plain spaces."""
    return picture.mermaid().replace("<br>", " | ")


def test_an_expression_shows_its_operations_inputs_shapes_and_dtypes() -> None:
    x = mg.tensor([0.0, 1.0, 2.0], requires_grad=True)
    loss = np.sum(np.tanh(x) ** 2)
    text = said(mg.draw(loss))
    assert '(["x | (3,) float64"])' in text
    assert '["basic::tanh | (3,) float64"]' in text
    assert '["basic::power | y 2 | (3,) float64"]' in text
    assert '["basic::sum | loss () float64"]' in text
    assert text.count("-->") == 4  # x, tanh, power, sum, and out


def test_an_input_used_twice_is_one_card_and_used_twice_by_one_operation_one_arrow() -> None:
    x = mg.tensor(2.0, requires_grad=True)
    text = said(mg.draw(x * x + x))
    assert text.count('(["x | ') == 1
    assert text.count("-->") == 4  # x to multiply, x to add, multiply to add, and out


def test_arrays_and_labels_are_inputs_and_parameters_stand_on_the_cards() -> None:
    weight, offsets = mg.Parameter(np.ones(3), "w"), np.arange(3)
    text = said(mg.draw(weight * offsets))
    assert f'(["offsets | (3,) {offsets.dtype}"])' in text
    assert "basic::multiply | w (3,) | (3,) float64" in text
    assert "argument" not in text


def test_an_input_without_a_variable_is_told_from_a_variable_of_that_name() -> None:
    x = mg.tensor(np.ones((2, 3)), requires_grad=True)
    text = said(mg.draw(np.matmul(np.ones((4, 2)), x)))
    assert '(["x | (2, 3) float64"])' in text
    assert '(["x of matmul | (4, 2) float64"])' in text


def test_modules_are_boxes_with_the_names_of_attributes() -> None:
    model = Stack(2)
    text = said(mg.draw(model(np.ones(3))))
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
    text = said(mg.draw(double(x)))
    assert "subgraph" not in text
    assert '["double: Double | basic::multiply | ' in text


def test_a_module_that_is_gone_still_has_its_box() -> None:
    text = said(mg.draw(Stack(1)(np.ones(3))))
    assert 'subgraph s0["Stack"]' in text
    assert "x2 (3,)" in text or "y (3,)" in text  # the argument's name, for that of the parameter


def test_a_module_that_returns_several_tensors_is_a_box_around_all() -> None:
    class Both(mg.Module):
        def forward(self, x: Any) -> Any:
            return {"first": (np.sin(x), [np.cos(x)])}

    x = mg.tensor(1.0, requires_grad=True)
    parts = Both()(x)["first"]
    text = said(mg.draw(parts[0] * parts[1][0]))
    inside = text[text.index("subgraph") : text.index("end")]
    assert "basic::sin" in inside
    assert "basic::cos" in inside
    assert "basic::multiply" not in inside


def test_a_module_that_hands_its_input_on_has_no_box() -> None:
    class Identity(mg.Module):
        def forward(self, x: Any) -> Any:
            return x

    x = mg.tensor(1.0, requires_grad=True)
    assert "subgraph" not in said(mg.draw(Identity()(np.sin(x) * 2)))


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
    text = said(mg.draw(y))
    assert text.count("basic::") == 2  # what the thread recorded, nothing here was computed from
    assert text.count("subgraph") == 1
    assert "basic::multiply" in said(mg.draw(y + found[0]))


def test_values_show_numbers_and_the_gradients_of_what_is_drawn() -> None:
    a, b = mg.tensor(2.0, requires_grad=True), mg.tensor(-3.0, requires_grad=True)
    product = a * b
    text = said(mg.draw(product**2, values=True))
    assert '(["a | () float64 | value 2. | grad 36."])' in text
    assert "product () float64 | value -6. | grad -12." in text
    assert a.grad is None


def test_large_arrays_have_no_values() -> None:
    x = mg.tensor(np.ones(10), requires_grad=True)
    assert "value" not in said(mg.draw(x * 2, values=True))


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


@pytest.mark.parametrize("values", [False, True])
def test_a_drawing_holds_nothing_of_the_graph_and_makes_no_cycle(values: bool) -> None:
    gc.disable()
    try:
        x = mg.tensor(np.ones(3), requires_grad=True)
        leaf, model = ref(x), Stack(2)
        network = ref(model)
        picture = mg.draw(model(x), values=values)
        del x, model
        assert leaf() is None
        assert network() is None
        assert "Stack" in picture.mermaid()
    finally:
        gc.enable()


def test_the_callers_own_dict_of_variables_is_left_alone() -> None:
    x = mg.tensor(1.0, requires_grad=True)
    mine = locals()
    mg.draw(x)
    assert mine["x"] is x


def test_a_module_that_holds_its_output_is_freed_by_reference_counting() -> None:
    class Keeping(mg.Module):
        def forward(self, x: Any) -> Any:
            self.last = np.sin(x)
            return self.last

    gc.disable()
    try:
        module = Keeping()
        module(mg.tensor(1.0, requires_grad=True))
        gone = ref(module)
        del module
        assert gone() is None
    finally:
        gc.enable()


def test_a_freed_graph_is_refused() -> None:
    x = mg.tensor(1.0, requires_grad=True)
    y: Any = np.sin(np.cos(x))
    y.backward()
    with pytest.raises(FreedGraphError, match="draw before backward, or pass it retain_graph=True"):
        mg.draw(y)


def test_what_was_not_recorded_is_refused() -> None:
    x = mg.tensor(1.0, requires_grad=True)
    with mg.no_grad():
        y: Any = np.sin(x)
    with pytest.raises(ArgumentError, match="computed without recording"):
        mg.draw(y)


@pytest.mark.parametrize("wrong", [np.ones(3), None, (mg.tensor(1.0, requires_grad=True),)])
def test_what_is_no_tensor_is_refused(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match=f"draw needs the tensor .* got {type(wrong).__name__}"):
        mg.draw(wrong)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "10"])
def test_a_wrong_number_of_cards_is_refused(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="max_nodes must be a whole number from 1 up"):
        mg.draw(mg.tensor(1.0, requires_grad=True), max_nodes=wrong)


def test_values_of_a_complex_output_are_refused() -> None:
    x = mg.tensor(1.0, requires_grad=True)
    with pytest.raises(ArgumentError, match="gradients of a real output; this one is complex128"):
        mg.draw(x * 1j, values=True)


def test_a_leaf_is_a_picture_of_one_card() -> None:
    weight = mg.tensor(np.ones((2, 3)), requires_grad=True)
    assert said(mg.draw(weight)) == 'flowchart TD\n  n0(["weight | (2, 3) float64"])\n'


def test_an_operation_of_nobody_has_its_bare_name_and_a_registered_one_its_namespace() -> None:
    class Cube(mg.Operation):
        name = "cube"

        def forward(self, ctx: mg.Context, x: Any, *, power: int = 3) -> Any:
            return x**power

        def backward(self, ctx: mg.Context, grad: Any) -> Any:
            return grad

    x = mg.tensor(2.0, requires_grad=True)
    assert '["cube | power 4 | ' in said(mg.draw(Cube()(x, power=4)))
    assert "power" not in said(mg.draw(Cube()(x, power=3)))  # the default


@pytest.mark.parametrize("seed", range(5))
def test_each_arrow_of_a_graph_without_a_pattern_is_drawn(seed: int) -> None:
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
