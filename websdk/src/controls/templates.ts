/**
 * The native controls, by the name under which widgets ask for them (contract 3.10).
 *
 * Words and values of parameters are escaped, because widgets put names of leads and people there.
 * `additional_data` is attributes as text, and stays what it is. No `elseif`: Twig 0.8.9 takes it for
 * conditions that are exactly true alone.
 */

const STYLE = `{% if style %} style="{% for key, one in style %}{{ key|e }}: {{ one|e }};{% endfor %}"{% endif %}`;
const NAMED = `{% if name %} name="{{ name|e }}"{% endif %}{% if id %} id="{{ id|e }}"{% endif %}`;
const STATE = `{% if disabled %} disabled{% endif %}{% if readonly %} readonly{% endif %}{% if tab_index %} tabindex="{{ tab_index|e }}"{% endif %}`;
const MORE = `{% if additional_data %} {{ additional_data }}{% endif %}`;

const button = `<button type="{{ type|default('button')|e }}" class="button-input{% if blue %} button-input_blue{% endif %}{% if disabled %} button-input-disabled{% endif %}{% if class_name %} {{ class_name|e }}{% endif %}"${NAMED}{% if title %} title="{{ title|e }}"{% endif %}${STATE}${MORE}>
<span class="button-input-inner">{% if icon_class_name %}<span class="icon {{ icon_class_name|e }}" aria-hidden="true"></span>{% endif %}{% if svg_class_name %}<svg class="svg-icon svg-{{ svg_class_name|e }}-dims" aria-hidden="true"><use xlink:href="#{{ svg_class_name|e }}"></use></svg>{% endif %}<span class="button-input-inner__text{% if text_bold %} button-input-inner__text_bold{% endif %}">{{ text|e }}</span></span>
</button>{% if context_menu %}<ul class="button-input__context-menu">{% for one in context_menu %}<li class="button-input__context-menu__item {{ one.class_name|e }}"{% if one.id %} id="{{ one.id|e }}"{% endif %}><button type="button" class="button-input__context-menu__item__inner">{{ one.text|e }}</button></li>{% endfor %}</ul>{% endif %}`;

const quiet = (kind: string, words: string) =>
  `<button type="button" class="button-${kind}{% if hidden %} hidden{% endif %}{% if class_name %} {{ class_name|e }}{% endif %}"${NAMED}${STATE}${MORE}><span class="button-${kind}__text">{{ text|default('${words}')|e }}</span></button>`;

const input = `<input class="text-input{% if class_name %} {{ class_name|e }}{% endif %}" type="{{ type|default('text')|e }}"${NAMED} value="{{ value|e }}" placeholder="{{ placeholder|e }}" autocomplete="off"{% if max_length %} maxlength="{{ max_length|e }}"{% endif %}${STYLE}${STATE}${MORE}>`;

const textarea = `<textarea class="text-input text-input-textarea{% if class_name %} {{ class_name|e }}{% endif %}"${NAMED} placeholder="{{ placeholder|e }}"${STYLE}${STATE}${MORE}>{{ value|e }}</textarea>`;

const checkbox = `<label class="control-checkbox{% if small %} control-checkbox_small{% endif %}{% if checked %} is-checked{% endif %}{% if disabled %} is-disabled{% endif %}{% if class_name %} {{ class_name|e }}{% endif %}">
<span class="control-checkbox__body"><input type="checkbox" class="control-checkbox__input{% if input_class_name %} {{ input_class_name|e }}{% endif %}"{% if name %} name="{{ name|e }}{% if name_is_array %}[]{% endif %}"{% endif %}{% if id %} id="{{ id|e }}"{% endif %} value="{{ value|default('1')|e }}"{% if checked %} checked{% endif %}${STATE}${MORE}><span class="control-checkbox__helper" aria-hidden="true"></span></span>
{% if text %}<span class="control-checkbox__text{% if text_class_name %} {{ text_class_name|e }}{% endif %}">{{ text|e }}</span>{% endif %}{% if note_text %}<span class="control-checkbox__note-text">{{ note_text|e }}</span>{% endif %}
</label>`;

const checkboxes = `<div class="checkboxes_dropdown{% if class_name %} {{ class_name|e }}{% endif %}"{% if id %} id="{{ id|e }}"{% endif %} data-title-empty="{{ title_empty|e }}" data-title-numeral="{{ title_numeral|e }}">
<button type="button" class="checkboxes_dropdown__title_wrapper" aria-haspopup="true" aria-expanded="false"><span class="checkboxes_dropdown__title">{{ title_empty|e }}</span></button>
<div class="checkboxes_dropdown__list custom-scroll" hidden>
{% for item in items %}<div class="checkboxes_dropdown__item{% if item.class_name %} {{ item.class_name|e }}{% endif %}"><label class="control-checkbox checkboxes_dropdown__label{% if item.is_checked %} is-checked{% endif %}"><span class="control-checkbox__body"><input type="checkbox" class="control-checkbox__input"{% if item.name %} name="{{ item.name|e }}"{% else %}{% if name %} name="{{ name|e }}{% if name_is_array %}[]{% endif %}"{% endif %}{% endif %} value="{{ item.id|e }}" data-value="{{ item.id|e }}"{% if item.prefix %} id="{{ item.prefix|e }}{{ item.id|e }}"{% endif %}{% if item.is_checked %} checked{% endif %}${STATE}><span class="control-checkbox__helper" aria-hidden="true"></span></span><span class="checkboxes_dropdown__label_title"{% if item.bg_color %} data-colour="{{ item.bg_color|e }}"{% endif %}>{{ item.option|e }}</span></label></div>{% endfor %}
</div>
</div>`;

const radio = `<label class="control-radio{% if class_name %} {{ class_name|e }}{% endif %}{% if selected %} icon-radio-checked{% endif %}"{% if label_id %} id="{{ label_id|e }}"{% endif %}><input type="radio" class="control-radio__input"{% if name %} name="{{ name|e }}"{% endif %}{% if id %} id="{{ prefix|e }}{{ id|e }}"{% endif %} value="{{ value|e }}"{% if selected %} checked{% endif %}${STATE}${MORE}><span class="control-radio__text">{{ label|e }}</span></label>`;

const select = `<div class="control--select{% if class_name %} {{ class_name|e }}{% endif %}"{% if id %} id="{{ id|e }}--wrapper"{% endif %}>
{% set chosen = '' %}{% set shown = '' %}
{% for item in items %}{% if loop.first %}{% set chosen = item.id %}{% set shown = item.option %}{% endif %}{% endfor %}
{% for item in items %}{% if (item.id ~ '') == (selected ~ '') %}{% set chosen = item.id %}{% set shown = item.option %}{% endif %}{% endfor %}
<button type="button" class="control--select--button{% if button_class_name %} {{ button_class_name|e }}{% endif %}" data-value="{{ chosen|e }}" aria-haspopup="listbox" aria-expanded="false"${STATE}><span class="control--select--button-inner">{{ shown|e }}</span></button>
<ul class="control--select--list custom-scroll" role="listbox" hidden>{% for item in items %}<li class="control--select--list--item{% if (item.id ~ '') == (chosen ~ '') %} control--select--list--item-selected{% endif %}{% if item.disabled %} control--select--list--item-disabled{% endif %}{% if item.class_name %} {{ item.class_name|e }}{% endif %}" role="option" tabindex="-1" data-value="{{ item.id|e }}" aria-selected="{% if (item.id ~ '') == (chosen ~ '') %}true{% else %}false{% endif %}"{% if item.bg_color %} data-colour="{{ item.bg_color|e }}"{% endif %}{% if item.additional_data %} {{ item.additional_data }}{% endif %}><span class="control--select--list--item-inner" title="{{ item.option|e }}">{{ item.option|e }}</span></li>{% endfor %}</ul>
<input type="hidden" class="control--select--input{% if input_class_name %} {{ input_class_name|e }}{% endif %}"${NAMED} value="{{ chosen|e }}" data-prev-value="{{ chosen|e }}"${MORE}>
</div>`;

// Short lists are seen at a glance.
const SEARCHED_FROM = 8;
const multiselect = `<div class="multisuggest multiselect{% if class_name %} {{ class_name|e }}{% endif %}"{% if id %} id="{{ id|e }}"{% endif %}>
{% if values|length >= ${SEARCHED_FROM} %}<input type="search" class="multiselect__search text-input" placeholder="Search" aria-label="Search" autocomplete="off">{% endif %}
{% for one in values %}<label class="multiselect__item"><input type="checkbox" name="{{ name|e }}[]" value="{{ one.id|e }}"{% for chosen in selected %}{% if (chosen.id|default(chosen) ~ '') == (one.id ~ '') %} checked{% endif %}{% endfor %}><span>{{ one.value|e }}</span></label>{% endfor %}
</div>`;

const suggest = `<div class="control--suggest{% if class_name %} {{ class_name|e }}{% endif %}"{% if ajax %} data-url="{{ ajax.url|e }}" data-params="{{ ajax.params|e }}"{% endif %}>
{% set shown = '' %}{% for item in items %}{% if (item.id ~ '') == (selected ~ '') %}{% set shown = item.value %}{% endif %}{% endfor %}
<input type="text" class="control--suggest--input js-control--suggest--input text-input"{% if id %} id="{{ id|e }}"{% endif %} value="{{ shown|e }}" placeholder="{{ placeholder|e }}" autocomplete="off" role="combobox" aria-expanded="false"${STATE}>
<ul class="control--suggest--list custom-scroll" role="listbox" hidden>{% for item in items %}<li class="control--suggest--list--item" role="option" data-value-id="{{ item.id|e }}">{{ item.value|e }}</li>{% endfor %}</ul>
<input type="hidden" class="control--suggest--value"{% if name %} name="{{ name|e }}"{% endif %} value="{{ selected|e }}">
</div>`;

// Nobody needs it who types, so the keyboard passes it by.
const picker = (words: string) => `<input type="date" class="date_field_picker" tabindex="-1" aria-label="${words}"{% if disabled or readonly %} disabled{% endif %}>`;
const date = `<span class="date_field_wrapper{% if type == 'range' %} date_field_wrapper_range{% endif %}"><input type="text" class="date_field text-input{% if class_name %} {{ class_name|e }}{% endif %}"${NAMED} value="{{ value|e }}" placeholder="{{ placeholder|e }}" autocomplete="off" data-type="{{ type|default('single')|e }}"${STATE}${MORE}>${picker("Choose a day")}{% if type == 'range' %}${picker("Choose the last day")}{% endif %}</span>`;

const file = `<label class="control-file{% if class_name %} {{ class_name|e }}{% endif %}"><input type="file" class="control-file__input"${NAMED}${STATE}><span class="control-file__text">{{ text|default('Choose a file')|e }}</span></label>`;

const switcher = `<label class="switcher_wrapper{% if custom_class_name %} {{ custom_class_name|e }}{% endif %}"><input type="checkbox" class="switcher__checkbox" role="switch" value="{{ value|default('Y')|e }}"${NAMED}{% if checked %} checked{% endif %}${STATE}><span class="switcher{% if checked %} switcher__on{% else %} switcher__off{% endif %}" aria-hidden="true"></span>{% if text %}<span class="switcher__text">{{ text|e }}</span>{% endif %}</label>`;

export const CONTROLS: Record<string, string> = {
  button,
  cancel_button: quiet("cancel", "Cancel"),
  delete_button: quiet("delete", "Delete"),
  input,
  textarea,
  checkbox,
  checkboxes_dropdown: checkboxes,
  "checkboxes_dropdown/values_title": checkboxes,
  radio,
  select,
  multiselect,
  suggest,
  date_field: date,
  file,
  switcher,
};
