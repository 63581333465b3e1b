"""Parameters of parameters: `model__hidden` reaches a field of a frozen dataclass through scikit-learn's protocol."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any


class RecipeParameters:
    """get_params and set_params that see through dataclass-valued parameters. Goes before BaseEstimator.

    A recipe is frozen, so setting a field puts a changed copy in its place. scikit-learn's clone, GridSearchCV and
    set_params then work with `model__hidden` and `rule__learning_rate`.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's parameters, and with `deep` those of what they hold."""
        params: dict[str, Any] = super().get_params(deep=deep)  # type: ignore[misc]
        if deep:
            for name, value in list(params.items()):
                if "__" not in name:
                    params |= _inside(name, value)
        return params

    def set_params(self, **params: Any) -> Any:
        """Set parameters of this learner, and with `__` of what they hold.

        Raises:
            ValueError: if there is no parameter of that name.
        """
        below: dict[str, dict[str, Any]] = {}
        for name in list(params):
            head, _, tail = name.partition("__")
            held = params.get(head, getattr(self, head, self))
            if tail and held is None:
                raise ValueError(f"{head} = None has no parameter {tail!r}. Set {head} to an object that has it first.")
            if tail and _is_recipe(held):
                below.setdefault(head, {})[tail] = params.pop(name)
        super().set_params(**params)  # type: ignore[misc]
        for name, changes in below.items():
            setattr(self, name, _changed(getattr(self, name), changes, name))
        return self


def _is_recipe(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _inside(name: str, value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if _is_recipe(value):
        for field in fields(value):
            held = getattr(value, field.name)
            found[f"{name}__{field.name}"] = held
            found |= _inside(f"{name}__{field.name}", held)
    return found


def _changed(recipe: Any, changes: dict[str, Any], path: str) -> Any:
    """A copy of `recipe` with some fields changed; `a__b` changes field b of field a."""
    if not _is_recipe(recipe):
        raise ValueError(f"{path} = {recipe!r} has no parameters of its own, but {', '.join(changes)} was set.")
    known = [field.name for field in fields(recipe)]
    direct = {name: value for name, value in changes.items() if "__" not in name}
    for name in changes:
        if name.partition("__")[0] not in known:
            raise ValueError(
                f"Invalid parameter {name!r} for {path} = {recipe!r}; it has {', '.join(known) or 'none'}."
            )
    recipe = replace(recipe, **direct)
    deeper: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        head, _, tail = name.partition("__")
        if tail:
            deeper.setdefault(head, {})[tail] = value
    return replace(
        recipe, **{head: _changed(getattr(recipe, head), more, f"{path}__{head}") for head, more in deeper.items()}
    )
