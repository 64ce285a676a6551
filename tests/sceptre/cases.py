"""The commands that are compared: each of Sceptre's command line and of its plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from sceptre.cli.launch import Launcher
from sceptre.cli.prune import Pruner
from sceptre.context import SceptreContext
from sceptre.diffing.stack_differ import DeepDiffStackDiffer
from sceptre.plan.plan import SceptrePlan

NONE: tuple[str, ...] = ()
SOME = ("x-a",)
ALL = ("x-a", "x-b")
OLD = ("x-old",)
CHANGED = {"delay": "5"}


class Case(NamedTuple):
    """A command in a state of AWS."""

    name: str
    line: str | None
    """Arguments of the command line; None if it has no such command."""
    plan: tuple[Any, ...] | Callable[[SceptreContext], Any] | None
    """Name and arguments of the plan's method; None if the command line does something else."""
    stacks: tuple[str, ...] = ALL
    """The stacks that exist."""
    path: str = "g"
    variables: Mapping[str, str] = MappingProxyType({})
    change_sets: tuple[str, ...] = NONE
    """The stacks that have a change set c."""
    refused: Mapping[str, str] = MappingProxyType({})
    """Resources whose creation fails."""
    ignore_dependencies: bool = False
    fails: bool = False
    """Whether it fails with Sceptre's own executor."""

    def run(self, context: SceptreContext) -> Any:
        """Run it through Python."""
        if callable(self.plan):
            return self.plan(context)
        name, *arguments = self.plan or ()
        return getattr(SceptrePlan(context), name)(*arguments)


def _launch_with_prune(context: SceptreContext) -> int:
    return int(Launcher(context).launch(prune=True))


def _prune(context: SceptreContext) -> int:
    context.full_scan = True
    return int(Pruner(context).prune())


_DIFFER = DeepDiffStackDiffer()

CASES = (
    Case("launch all", "launch -y g", ("launch",), NONE),
    Case("launch a part", "launch -y g", ("launch",), SOME),
    Case("launch unchanged", "launch -y g", ("launch",)),
    Case("launch changed", "launch -y g", ("launch",), variables=CHANGED),
    Case("launch one", "launch -y g/b.yaml", ("launch",), path="g/b.yaml", variables=CHANGED),
    Case(
        "launch a failing one",
        "launch -y g",
        ("launch",),
        NONE,
        refused={"x-a": "Queue"},
        fails=True,
    ),
    Case(
        "launch a failing dependent",
        "launch -y g",
        ("launch",),
        NONE,
        refused={"x-b": "Queue"},
        fails=True,
    ),
    Case("launch declined", "launch g", None, NONE, fails=True),
    Case("launch with prune", "launch -y --prune h", _launch_with_prune, OLD, "h"),
    Case("launch of no path", "launch -y nowhere", ("launch",), NONE, "nowhere", fails=True),
    Case("create", "create -y g", ("create",), NONE),
    Case("create existing", "create -y g", ("create",)),
    Case(
        "create a failing one",
        "create -y g/a.yaml",
        ("create",),
        NONE,
        "g/a.yaml",
        refused={"x-a": "Queue"},
        fails=True,
    ),
    Case("update", "update -y g", ("update",), variables=CHANGED),
    Case("update unchanged", "update -y g", ("update",)),
    Case("update absent", "update -y g/a.yaml", ("update",), NONE, "g/a.yaml", fails=True),
    Case("update by change set", "update -c -y g/b.yaml", None, variables=CHANGED),
    Case("update by change set unchanged", "update -c -y g/b.yaml", None),
    Case("update declined", "update g", None, variables=CHANGED, fails=True),
    Case("delete", "delete -y g", ("delete",)),
    Case("delete declined", "delete g", None, fails=True),
    Case("delete absent", "delete -y g", ("delete",), NONE),
    Case("delete a dependency", "delete -y g/a.yaml", ("delete",), path="g/a.yaml"),
    Case(
        "delete only a dependency",
        "delete -y g/a.yaml",
        ("delete",),
        path="g/a.yaml",
        ignore_dependencies=True,
    ),
    Case("prune", "prune -y", _prune, OLD, "."),
    Case("prune absent", "prune -y", _prune, NONE, "."),
    Case("status", "status g", ("get_status",)),
    Case("status of a part", "status g", ("get_status",), SOME),
    Case("diff unchanged", "diff g", ("diff", _DIFFER)),
    Case("diff changed", "diff g", ("diff", _DIFFER), variables=CHANGED),
    Case("diff absent", "diff g", ("diff", _DIFFER), SOME),
    Case("diff lines", "diff --type difflib g", None, variables=CHANGED),
    Case("drift detect", "drift detect g", ("drift_detect",)),
    Case("drift detect of no stack", "drift detect g/a.yaml", ("drift_detect",), NONE, "g/a.yaml"),
    Case("drift detect absent", "drift detect g", ("drift_detect",), SOME),
    Case("drift show", "drift show g", ("drift_show", False)),
    Case("drift show drifted", "drift show -D g", ("drift_show", True)),
    Case("drift show absent", "drift show g", ("drift_show", False), SOME),
    Case("list resources", "list resources g", ("describe_resources",)),
    Case("list resources absent", "list resources g", ("describe_resources",), SOME),
    Case("list outputs", "list outputs g", ("describe_outputs",)),
    Case("list outputs absent", "list outputs g", ("describe_outputs",), SOME, fails=True),
    Case("list outputs as json", "--output json list outputs g", None),
    Case("list outputs as tags", "list outputs -e stackoutput g", None),
    Case("list change-sets", "list change-sets g", ("list_change_sets", False), change_sets=ALL),
    Case("list change-sets absent", "list change-sets g", ("list_change_sets", False), SOME),
    Case("list stacks", "list stacks g", None),
    Case("describe", None, ("describe",)),
    Case("describe absent", None, ("describe",), SOME, fails=True),
    Case("describe events", None, ("describe_events",)),
    Case(
        "describe change-set",
        "describe change-set g/b.yaml c",
        ("describe_change_set", "c"),
        path="g/b.yaml",
        change_sets=ALL,
    ),
    Case(
        "describe change-set absent",
        "describe change-set g/b.yaml c",
        ("describe_change_set", "c"),
        path="g/b.yaml",
    ),
    Case("describe policy", "describe policy g", ("get_policy",)),
    Case("dump config", "dump config g", ("dump_config",)),
    Case("dump template", "dump template g", ("dump_template",)),
    Case("dump all", "dump all g", None),
    Case("generate", "generate g", ("generate",)),
    Case("validate", "validate g", ("validate",)),
    Case("estimate-cost", "estimate-cost g", ("estimate_cost",)),
    Case("fetch-remote-template", "fetch-remote-template g", ("fetch_remote_template",)),
    Case(
        "fetch-remote-template absent", "fetch-remote-template g", ("fetch_remote_template",), SOME
    ),
    Case("set-policy of a file", "set-policy g policy.json", ("set_policy", "policy.json")),
    Case("lock", "set-policy -b deny-all g", ("lock",)),
    Case("unlock", "set-policy -b allow-all g", ("unlock",)),
    Case("lock absent", "set-policy -b deny-all g/a.yaml", ("lock",), NONE, "g/a.yaml", fails=True),
    Case(
        "create a change set",
        "create -y g/b.yaml c",
        ("create_change_set", "c"),
        path="g/b.yaml",
        variables=CHANGED,
    ),
    Case(
        "create a change set of no stack",
        "create -y g/a.yaml c",
        ("create_change_set", "c"),
        NONE,
        "g/a.yaml",
    ),
    Case(
        "wait for a change set",
        None,
        ("wait_for_cs_completion", "c"),
        path="g/b.yaml",
        change_sets=ALL,
    ),
    Case(
        "delete a change set",
        "delete -y g/b.yaml c",
        ("delete_change_set", "c"),
        path="g/b.yaml",
        change_sets=ALL,
    ),
    Case(
        "execute",
        "execute -y g/b.yaml c",
        ("execute_change_set", "c"),
        path="g/b.yaml",
        change_sets=ALL,
    ),
    Case(
        "execute one of two",
        "execute -y g/b.yaml c",
        ("execute_change_set", "c"),
        path="g/b.yaml",
        change_sets=("x-b",),
    ),
    Case(
        "execute only one",
        "execute -y g/b.yaml c",
        ("execute_change_set", "c"),
        path="g/b.yaml",
        change_sets=("x-b",),
        ignore_dependencies=True,
    ),
    Case(
        "execute no change set",
        "execute -y g/b.yaml c",
        ("execute_change_set", "c"),
        path="g/b.yaml",
    ),
    Case("cancel an update", None, ("cancel_stack_update",), path="g/a.yaml", fails=True),
    Case("continue a rollback", None, ("continue_update_rollback",), path="g/a.yaml", fails=True),
)
