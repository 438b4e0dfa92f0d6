"""Modules: names and order of parameters, state, modes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from minigrad_core import Module, ModuleList, Parameter, tensor
from minigrad_core.errors import ArgumentError, StateError
from tests.core.tiny_ops import add, multiply


class Affine(Module):
    def __init__(self, size: int) -> None:
        self.weight = Parameter(np.full(size, 2.0))
        self.bias = Parameter(np.zeros(size))

    def forward(self, x: Any) -> Any:
        return add(multiply(x, self.weight), self.bias)


class Network(Module):
    mean: Any

    def __init__(self) -> None:
        self.scale = Parameter(np.ones(1))
        self.first = Affine(2)
        self.rest: Any = ModuleList([Affine(2), Affine(2)])
        self.register_buffer("mean", np.zeros(2))
        self.offset = Parameter(np.ones(2))
        self.note = "not a parameter"

    def forward(self, x: Any) -> Any:
        for module in (self.first, *self.rest):
            x = module(x)
        return multiply(x, self.scale)


NAMES = [
    "scale", "first.weight", "first.bias", "rest.0.weight", "rest.0.bias", "rest.1.weight", "rest.1.bias",
    "offset",
]  # fmt: skip


def test_calling_a_module_calls_forward_which_is_abstract() -> None:
    np.testing.assert_array_equal(Network()(np.ones(2)).numpy(), [8, 8])
    with pytest.raises(TypeError, match="forward"):
        Module()  # type: ignore[abstract] # pyright: ignore[reportAbstractUsage]


def test_parameters_come_in_the_order_of_definition_with_dotted_names() -> None:
    network = Network()
    network.scale = Parameter(np.zeros(1))  # a new value keeps the place
    assert [name for name, _ in network.named_parameters()] == NAMES
    assert [id(p) for p in network.parameters()] == [id(p) for _, p in network.named_parameters()]
    assert next(iter(network.parameters())) is network.scale


def test_a_shared_parameter_is_listed_once_under_its_first_name() -> None:
    network = Network()
    network.rest[1].weight = network.first.weight
    names = [name for name, _ in network.named_parameters()]
    assert names == [name for name in NAMES if name != "rest.1.weight"]


def test_a_shared_module_is_listed_once() -> None:
    shared = Affine(2)
    modules = ModuleList([shared, shared])
    assert [name for name, _ in modules.named_parameters()] == ["0.weight", "0.bias"]
    assert list(modules.modules()) == [modules, shared]


def test_modules_are_named_by_their_paths() -> None:
    network = Network()
    assert [name for name, _ in network.named_modules()] == ["", "first", "rest", "rest.0", "rest.1"]
    assert list(network.named_children()) == [("first", network.first), ("rest", network.rest)]
    assert list(network.children()) == [network.first, network.rest]


def test_zero_grad_clears_every_gradient() -> None:
    network = Network()
    network(np.ones(2)).backward()
    assert network.first.weight.grad is not None
    network.zero_grad()
    assert all(p.grad is None for p in network.parameters())


def test_train_and_eval_reach_every_module() -> None:
    network = Network()
    assert all(module.training for module in network.modules())
    assert network.eval() is network
    assert not any(module.training for module in network.modules())
    network.train()
    assert all(module.training for module in network.modules())


def test_the_state_is_a_copy_of_parameters_and_buffers_in_order() -> None:
    network = Network()
    state = network.state_dict()
    assert list(state) == [*NAMES[:-1], "mean", "offset"]
    state["scale"][0] = 9
    assert network.scale.item() == 1


def test_loading_copies_values_in_place_by_name_and_casts_them() -> None:
    network = Network()
    before = network.first.weight.data
    state = {name: (value + 5).astype(np.float32) for name, value in reversed(network.state_dict().items())}
    network.load_state_dict(state)
    state["first.weight"][:] = 9
    assert network.first.weight.data is before
    assert before.dtype == np.float64
    np.testing.assert_array_equal(before, [7, 7])
    np.testing.assert_array_equal(network.mean, [5, 5])


def test_loading_exchanges_two_arrays_of_the_module_itself() -> None:
    network = Network()
    first, second = (network.rest[i].weight.data for i in (0, 1))
    second[:] = 5
    state = {**network.state_dict(), "rest.0.weight": second, "rest.1.weight": first}
    expected = second.copy(), first.copy()
    network.load_state_dict(state)
    np.testing.assert_array_equal((first, second), expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("first.bias"), r"does not fit Network:\s+missing: first.bias \(2,\)"),
        (lambda s: s.update(extra=np.ones(1)), "unexpected: extra"),
        (lambda s: s.update(scale=np.ones(3)), r"scale: expected shape \(1,\), got \(3,\)"),
        (lambda s: s.update({"matrix": s["matrix"].T}), "matrix: .* transpose it"),
        (lambda s: s.update({"kernel": s["kernel"].T}), r"kernel: expected .* got \(4, 3, 2\)$"),
        (lambda s: s.update(scale=np.ones(1, complex)), "scale: expected float64, got complex128"),
        (lambda s: s.update(count=np.array(300)), "count: a value is out of the range of int8"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change: Any, message: str) -> None:
    network = Network()
    network.register_buffer("count", np.zeros((), np.int8))
    network.register_buffer("matrix", np.zeros((2, 3)))
    network.register_buffer("kernel", np.zeros((2, 3, 4)))
    state = {name: value + 1 for name, value in network.state_dict().items()}
    change(state)
    with pytest.raises(StateError, match=message):
        network.load_state_dict(state)
    assert network.scale.item() == 1
    np.testing.assert_array_equal(network.first.weight.data, [2, 2])


@pytest.mark.parametrize("name", ["rest.0.bias", "mean"])
def test_a_state_for_a_read_only_array_is_refused_and_changes_nothing(name: str) -> None:
    network = Network()
    state = {name: value + 1 for name, value in network.state_dict().items()}
    array = network.mean if name == "mean" else network.rest[0].bias.data
    array.flags.writeable = False
    with pytest.raises(StateError, match=rf"{name}: the array of the module is read-only"):
        network.load_state_dict(state)
    assert network.scale.item() == 1


@pytest.mark.filterwarnings("ignore:overflow")
def test_a_cast_that_fails_changes_nothing() -> None:
    network = Network()
    network.rest[1].bias.data = network.rest[1].bias.data.astype(np.float32)
    state = {name: value.astype(float) + 1 for name, value in network.state_dict().items()}
    state["rest.1.bias"][0] = 1e300
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        network.load_state_dict(state)
    assert network.scale.item() == 1


def test_all_differences_of_a_state_are_in_one_message() -> None:
    with pytest.raises(StateError) as caught:
        Affine(2).load_state_dict({"weight": np.ones(3), "other": 1})
    assert [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]] == [
        "missing",
        "unexpected",
        "weight",
    ]


def test_a_list_is_indexed_sliced_iterated_and_appended_to() -> None:
    first, second = Affine(1), Affine(1)
    modules = ModuleList([first])
    assert modules.append(second) is modules
    assert len(modules) == 2
    assert modules[1] is second
    assert modules[-1] is second
    assert list(modules) == [first, second]
    with pytest.raises(IndexError):
        modules[2]


@pytest.mark.parametrize(
    "kind",
    [list, tuple, set, lambda items: dict(enumerate(items)), lambda items: [[items], {"key": items}]],
    ids=["list", "tuple", "set", "dict", "nested"],
)
@pytest.mark.parametrize("held", [Affine(2), Parameter(np.ones(2))], ids=["module", "parameter"])
def test_a_parameter_that_only_a_container_leads_to_is_refused(held: Any, kind: Any) -> None:
    class Hides(Network):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = kind([None, held])

    message = (
        r"Hides.hidden: a (list|tuple|set|dict) is not searched, so the (Affine|Parameter) in it would be"
    )
    for use in (Hides().zero_grad, Hides().state_dict, lambda: list(Hides().parameters())):
        with pytest.raises(ArgumentError, match=message):
            use()


def test_a_parameter_of_the_class_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"Wrong.scale: a Parameter of the class .* self.scale = \.\.\."):
        type("Wrong", (Network,), {"scale": Parameter(np.ones(1))})


def test_a_list_of_modules_that_attributes_lead_to_is_accepted() -> None:
    network: Any = Network()
    network.ends = [network.first, network.rest[1]]
    network.scales = {"all": network.scale}
    network.ends.append(network.ends)
    assert [name for name, _ in network.named_parameters()] == NAMES


def test_a_state_holds_the_buffers_that_are_arrays() -> None:
    network: Any = Network()
    network.register_buffer("mean", None)
    assert [*network.state_dict()] == NAMES
    for value in (0.5, tensor([1.0, 2.0])):
        network.mean = value
        with pytest.raises(
            StateError, match=r"Network: the buffer 'mean' is a (float|Tensor), and a state holds"
        ):
            network.state_dict()


def test_a_state_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"expected what state_dict\(\) returned, got Network"):
        Network().load_state_dict(Network())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Affine, r"got the class Affine; make one: Affine\(\.\.\.\)"),
        ([Affine(1)], r"got a list; unpack it: \*modules"),
        (np.tanh, "got ufunc; write a Module whose forward calls it"),
        (1, "a Row holds modules, got int"),
    ],
)
def test_a_list_refuses_an_item_that_is_no_module_and_is_not_called(wrong: Any, message: str) -> None:
    class Row(ModuleList):
        pass

    with pytest.raises(ArgumentError, match=message):
        Row([wrong])
    with pytest.raises(ArgumentError, match="a Row is not called; call its modules"):
        Row()(1)


def test_repr_shows_the_tree() -> None:
    shown = repr(Network())
    assert shown.splitlines()[0] == "Network("
    assert "  (first): Affine()" in shown
    assert "    (0): Affine()" in shown


def test_a_slice_of_a_module_list_is_a_module_list_with_the_same_modules() -> None:
    modules = ModuleList([Affine(1), Affine(2), Affine(3)])
    part = modules[1:]
    assert type(part) is ModuleList
    assert list(part) == list(modules)[1:]
    assert next(name for name, _ in part.named_parameters()) == "0.weight"
    part.append(Affine(4))
    assert (len(part), len(modules)) == (3, 3)
    copy.copy(modules).append(Affine(5))
    assert len(modules) == 3


@pytest.mark.parametrize("kind", [Parameter, np.asarray])
def test_two_parameters_of_one_name_are_refused(kind: Any) -> None:
    network, modules = Network(), ModuleList([Affine(1)])
    network.register_buffer("first.weight", kind(np.ones(3)))
    modules.register_buffer("0.weight", kind(np.ones(3)))
    for module in (network, modules):
        with pytest.raises(ArgumentError, match=r"weight' names two parameters.* without dots"):
            module.state_dict()


def test_parameters_can_be_counted() -> None:
    parameters = Network().parameters()
    count = len(parameters)
    assert count == len(list(Network().named_parameters()))
    next(parameters)
    assert len(parameters) == count - 1 == len(list(parameters))
    assert len(parameters) == 0


def test_an_array_or_tensor_does_not_take_the_place_of_a_parameter() -> None:
    layer: Any = Network().first
    weight, values = layer.weight, np.full(layer.weight.shape, 3.0)
    for wrong in (values, tensor(values), weight * 2):
        with pytest.raises(ArgumentError, match=r"\.weight is a parameter, and \w+ in its place .*\.data"):
            layer.weight = wrong
    assert next(layer.parameters()) is weight


def test_a_parameter_is_replaced_by_another_by_none_or_after_it_was_deleted() -> None:
    layer: Any = Network().first
    layer.weight = other = Parameter(np.ones(2))
    assert next(layer.parameters()) is other
    layer.weight = None
    assert not any(p is other for p in layer.parameters())
    layer.weight = other
    del layer.weight
    layer.weight = other * 2  # such as the fast weights of meta-learning
    assert not any(p is other for p in layer.parameters())


def test_a_deep_copy_shares_no_parameter_with_the_original_but_keeps_shared_parameters_shared() -> None:
    network = Network()
    network.rest[1].weight = network.first.weight
    twin = copy.deepcopy(network)
    twin.scale.data[:] = 5
    assert network.scale.item() == 1
    assert [name for name, _ in twin.named_parameters()] == [n for n in NAMES if n != "rest.1.weight"]
    assert not {id(p) for p in twin.parameters()} & {id(p) for p in network.parameters()}
    assert twin.rest[1].weight is twin.first.weight


def test_a_tree_of_three_thousand_levels_is_walked_without_recursion() -> None:
    class Chain(Module):
        def __init__(self, below: Module | None) -> None:
            self.own = Parameter(np.ones(1))
            if below is not None:
                self.below = below

        def forward(self) -> None: ...

    chain: Module | None = None
    for _ in range(3000):
        chain = Chain(chain)
    assert chain is not None
    assert len(list(chain.parameters())) == 3000
    assert len(list(chain.modules())) == 3000
