"""Fill in forms as a person does who wants to see whether what is typed stays."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Locator

Scope = Locator | FrameLocator
_FIELDS = ".widget_settings_block__item_field"


def fill_settings(scope: Scope) -> None:
    """Type into each field that a person sees, and tick what can be ticked."""
    for item in scope.locator(f"{_FIELDS}[data-field]").all():
        code = item.get_attribute("data-field") or ""
        for number, field in enumerate(_typed(item)):
            if not field.input_value():
                field.fill(_value(code, field.get_attribute("type") or "text", number))
    tick_all(scope.locator("#widget_settings__fields_wrapper"))


def fill_form(form: Locator) -> None:
    """Type into every field of another form, such as that of a step of a Salesbot."""
    for number, field in enumerate(_typed(form)):
        field.fill(_value("value", field.get_attribute("type") or "text", number))


def tick_all(scope: Locator) -> None:
    for box in scope.locator("input[type=checkbox]").all():
        if box.is_visible() and not box.is_checked():
            box.click()


def typed_values(scope: Scope) -> dict[str, str]:
    """Return what stands in the fields that the manifest names, as a person sees it."""
    return {
        f"{item.get_attribute('data-field')}[{number}]": field.input_value()
        for item in scope.locator(f"{_FIELDS}[data-field]").all()
        for number, field in enumerate(_typed(item))
    }


def _typed(item: Locator) -> list[Locator]:
    kinds = ("text", "password", "number", "url", "tel", "email")
    wanted = ", ".join(f"input[type={kind}]" for kind in kinds) + ", input:not([type]), textarea"
    return [one for one in item.locator(wanted).all() if one.is_visible() and one.is_editable()]


def _value(code: str, kind: str, number: int) -> str:
    if kind == "number":
        return "1"
    if kind == "url" or "url" in code:
        return "https://parcel.example"
    if "phone" in code:
        return "+15550100"
    return f"{code} {number + 1}"
