/** What the native controls do when they are used, and the events by which widgets steer them. */

/** Listens once for every control of the page, also those that widgets draw later. */
export function enliven($: JQueryStatic, page: Document): void {
  const $page = $(page);
  enlivenButtons($, $page);
  enlivenSelects($, $page);
  enlivenChecks($, $page);
  enlivenSuggests($, $page);
  enlivenDates($, $page);
  $page.on("click", (event) => {
    for (const open of page.querySelectorAll(OPEN)) {
      if (!open.parentElement?.contains(event.target as Node)) fold($(open));
    }
  });
}

const OPEN =
  ".control--select--list:not([hidden]), .checkboxes_dropdown__list:not([hidden]), .control--suggest--list:not([hidden])";
const BUTTONS = ".button-input, .button-cancel, .button-delete, .js-widget-save, .js-widget-install";

function fold($list: JQuery): void {
  $list.prop("hidden", true).siblings("[aria-expanded]").attr("aria-expanded", "false");
}

function unfold($list: JQuery): void {
  $list.prop("hidden", false).siblings("[aria-expanded]").attr("aria-expanded", "true");
}

function enlivenButtons($: JQueryStatic, $page: JQuery): void {
  const enable = ($button: JQuery, isEnabled: boolean) =>
    $button.prop("disabled", !isEnabled).toggleClass("button-input-disabled", !isEnabled);
  const of = (event: { currentTarget: Element }) => $(event.currentTarget);

  // Not disabled: widgets press Save by script while it shows that it is busy.
  $page.on("button:load:start", BUTTONS, (event: JQueryEventObject) => {
    of(event).addClass("button-input-loading").attr("aria-busy", "true");
  });
  $page.on("button:load:stop", BUTTONS, (event: JQueryEventObject) => {
    of(event).removeClass("button-input-loading").removeAttr("aria-busy");
  });
  $page.on("button:save:enable", BUTTONS, (event: JQueryEventObject) => {
    enable(of(event), true).addClass("button-input_blue").removeClass("button-input_failed");
  });
  $page.on("button:enable", BUTTONS, (event: JQueryEventObject) => {
    enable(of(event), true);
  });
  $page.on("button:save:disable button:disable", BUTTONS, (event: JQueryEventObject) => {
    enable(of(event), false).removeClass("button-input_blue");
  });
  $page.on("button:save:error", BUTTONS, (event: JQueryEventObject) => {
    of(event).trigger("button:load:stop").addClass("button-input_failed");
  });
}

function choose($: JQueryStatic, $control: JQuery, value: string): void {
  const $items = $control.find(".control--select--list--item");
  const $item = $items.filter((_, item) => $(item).attr("data-value") === value).first();
  if ($item.length === 0) return;
  $items.removeClass("control--select--list--item-selected").attr("aria-selected", "false");
  $item.addClass("control--select--list--item-selected").attr("aria-selected", "true");
  $control.find(".control--select--button").attr("data-value", value);
  $control.find(".control--select--button-inner").text($item.text().trim());
}

function enlivenSelects($: JQueryStatic, $page: JQuery): void {
  const around = (node: EventTarget | null) => $(node as Element).closest(".control--select");

  $page.on("click", ".control--select--button", (event) => {
    const $list = around(event.currentTarget).find(".control--select--list");
    if (!$list.prop("hidden")) return fold($list);
    unfold($list);
    const $selected = $list.find(".control--select--list--item-selected");
    ($selected.length ? $selected : $list.children().first()).trigger("focus");
  });

  const take = (item: Element) => {
    const $item = $(item);
    if ($item.hasClass("control--select--list--item-disabled")) return;
    const $control = around(item);
    const $input = $control.find(".control--select--input");
    const value = $item.attr("data-value") ?? "";
    fold($control.find(".control--select--list"));
    $control.find(".control--select--button").trigger("focus");
    if ($input.val() === value) return;
    $input.attr("data-prev-value", String($input.val())).val(value);
    choose($, $control, value);
    $input.trigger("change").trigger("controls:change");
  };

  $page.on("click", ".control--select--list--item", (event) => take(event.currentTarget));
  $page.on("keydown", ".control--select--list--item", (event) => {
    const $item = $(event.currentTarget);
    const moves: Record<string, JQuery> = {
      ArrowDown: $item.next(),
      ArrowUp: $item.prev(),
      Home: $item.siblings().first(),
      End: $item.siblings().last(),
    };
    const key = (event.originalEvent as KeyboardEvent | undefined)?.key ?? "";
    const $to = moves[key];
    if ($to?.length) $to.trigger("focus");
    else if (key === "Enter" || key === " ") take(event.currentTarget);
    else if (key === "Escape" || key === "Tab") {
      fold(around(event.currentTarget).find(".control--select--list"));
      if (key === "Escape") around(event.currentTarget).find(".control--select--button").trigger("focus");
    }
    if ($to || key === "Enter" || key === " " || key === "Escape") return false;
    return undefined;
  });
  // A widget that writes the value itself asks for the control to show it.
  $page.on("change controls:change:visual", ".control--select--input", (event: JQueryEventObject) => {
    choose($, around(event.currentTarget), String($(event.currentTarget).val()));
  });
}

function enlivenChecks($: JQueryStatic, $page: JQuery): void {
  $page.on("change controls:change:visual", ".control-checkbox__input", (event: JQueryEventObject) => {
    const $input = $(event.currentTarget);
    $input.closest(".control-checkbox").toggleClass("is-checked", Boolean($input.prop("checked")));
    nameChosen($, $input.closest(".checkboxes_dropdown"));
    if (event.type === "change") $input.trigger("controls:change");
  });
  $page.on("change controls:change:visual", ".switcher__checkbox", (event: JQueryEventObject) => {
    const isOn = Boolean($(event.currentTarget).prop("checked"));
    $(event.currentTarget).siblings(".switcher").toggleClass("switcher__on", isOn).toggleClass("switcher__off", !isOn);
  });
  $page.on("change", ".control-radio__input", (event) => {
    const name = $(event.currentTarget).attr("name") ?? "";
    $page
      .find(".control-radio__input")
      .filter((_, one) => $(one).attr("name") === name)
      .each((_, one) => {
        $(one).closest(".control-radio").toggleClass("icon-radio-checked", Boolean($(one).prop("checked")));
      });
  });
  $page.on("input", ".multiselect__search", (event) => {
    const wanted = String($(event.currentTarget).val()).trim().toLowerCase();
    $(event.currentTarget)
      .siblings(".multiselect__item")
      .each((_, item) => void $(item).toggle((item.textContent ?? "").toLowerCase().includes(wanted)));
  });
  $page.on("click", ".checkboxes_dropdown__title_wrapper", (event) => {
    const $control = $(event.currentTarget).closest(".checkboxes_dropdown");
    const $list = $control.find(".checkboxes_dropdown__list");
    nameChosen($, $control);
    if ($list.prop("hidden")) unfold($list);
    else fold($list);
  });
}

/** Puts the names of what is ticked, or how many there are, on the closed list. */
function nameChosen($: JQueryStatic, $control: JQuery): void {
  if ($control.length === 0) return;
  const chosen = $control
    .find(".control-checkbox__input:checked")
    .toArray()
    .map((one) => $(one).closest(".checkboxes_dropdown__item").text().trim());
  const forms = ($control.attr("data-title-numeral") ?? "").split(",");
  const words = chosen.length === 1 ? forms[0] : (forms.at(-1) ?? "");
  const many = words ? `${chosen.length} ${words.trim()}` : chosen.join(", ");
  const title = chosen.length === 0 ? ($control.attr("data-title-empty") ?? "") : chosen.length < 3 ? chosen.join(", ") : many;
  $control.find(".checkboxes_dropdown__title").text(title);
}

// As long as somebody types, nothing is asked.
const TYPING_PAUSE_MS = 250;

function enlivenSuggests($: JQueryStatic, $page: JQuery): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const narrow = ($control: JQuery, words: string) => {
    const wanted = words.trim().toLowerCase();
    $control.find(".control--suggest--list--item").each((_, item) => {
      $(item).toggle((item.textContent ?? "").toLowerCase().includes(wanted));
    });
    unfold($control.find(".control--suggest--list"));
  };

  const ask = ($control: JQuery, address: string, words: string) => {
    const query = ($control.attr("data-params") ?? "").replace("#query#", encodeURIComponent(words));
    void $.getJSON(`${address}?${query || `q=${encodeURIComponent(words)}`}`).done((rows: unknown) => {
      const $list = $control.find(".control--suggest--list").empty();
      for (const row of Array.isArray(rows) ? (rows as { id: unknown; value?: string; name?: string }[]) : []) {
        const $item = $("<li class='control--suggest--list--item' role='option'>");
        $list.append($item.attr("data-value-id", String(row.id)).text(row.value ?? row.name ?? ""));
      }
      unfold($list);
    });
  };

  $page.on("input focus", ".control--suggest--input", (event) => {
    const $control = $(event.currentTarget).closest(".control--suggest");
    const words = String($(event.currentTarget).val());
    const address = $control.attr("data-url");
    if (address && event.type === "input") {
      clearTimeout(timer);
      timer = setTimeout(() => ask($control, address, words), TYPING_PAUSE_MS);
    } else narrow($control, event.type === "input" ? words : "");
  });
  $page.on("mousedown", ".control--suggest--list--item", (event) => {
    const $item = $(event.currentTarget);
    const $control = $item.closest(".control--suggest");
    $control.find(".control--suggest--input").val($item.text());
    $control.find(".control--suggest--value").val($item.attr("data-value-id") ?? "").trigger("change");
    $control.find(".control--suggest--input").trigger("suggest:changed").trigger("change");
    fold($control.find(".control--suggest--list"));
  });
}

/** Days as the dialect writes them; of a range both, with a hyphen between. */
function enlivenDates($: JQueryStatic, $page: JQuery): void {
  const inDialect = (day: string) => day.split("-").reverse().join(".");
  const fromDialect = (text: string) => /^(\d\d)\.(\d\d)\.(\d{4})$/.exec(text.trim())?.slice(1).reverse().join("-") ?? "";
  const around = (event: JQueryEventObject) => $(event.currentTarget).closest(".date_field_wrapper");

  // The calendar opens where the text is.
  $page.on("mousedown focus", ".date_field_picker", (event) => {
    const days = String(around(event).find(".date_field").val()).split(/\s+-\s+/);
    around(event).find(".date_field_picker").each((at, one) => void $(one).val(fromDialect(days[at] ?? "")));
  });
  $page.on("change", ".date_field_picker", (event) => {
    const days = around(event).find(".date_field_picker").toArray().map((one) => inDialect(String($(one).val())));
    const text = days.filter((day) => day !== "").join(" - ");
    around(event).find(".date_field").val(text).trigger("input").trigger("change").trigger("controls:change");
  });
}
