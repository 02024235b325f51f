/** Forms of the digital pipeline, of a Salesbot's step and of a source of leads: drawn, and their values stored. */

import type { Host, Running } from "../hosting";
import { call, callback, isAt } from "../widgets/lifecycle";
import { drawBotFields, drawFields, readFields, type Values } from "./fields";

/** Draws what the widget's locations ask for, below its settings. */
export function drawOtherForms(host: Host, one: Running, $place: JQuery): void {
  const { manifest } = one.boot;
  if (isAt(one, "digital_pipeline")) drawTrigger(host, one, $place);
  if (isAt(one, "salesbot_designer")) {
    for (const handler of Object.keys(manifest.salesbot_designer ?? {})) drawStep(host, one, handler, $place);
  }
  if (isAt(one, "lead_sources")) drawSource(host, one, $place);
}

function section(host: Host, $place: JQuery, title: string, class_name: string): JQuery {
  const { $ } = host;
  const $body = $("<div class='grantway-form__body'>").addClass(class_name);
  const $section = $("<details class='grantway-form'>").append($("<summary>").text(title), $body);
  $section.appendTo($place);
  return $body;
}

function saveButton(host: Host, one: Running, form: string, values: () => Promise<Values>): JQuery {
  const { $ } = host;
  if (!host.boot.user.is_admin) return $("<p class='grantway-form__actions widget-settings__note'>Only administrators change this.</p>");
  const $outcome = $("<span role='status'>");
  const $button = $("<button type='button' class='button-input button-input_blue'><span class='button-input-inner__text'>Save</span></button>");
  $button.on("click", () => {
    $button.trigger("button:load:start");
    values()
      .then((held) => host.server.saveForm(one.code, form, held).then(() => (one.boot.forms = { ...one.boot.forms, [form]: held })))
      .then(
        () => $outcome.text("Saved."),
        (error: unknown) => {
          host.report(one.code, form, error);
          $outcome.text("That was not saved.");
        },
      )
      .finally(() => $button.trigger("button:load:stop"));
  });
  return $("<p class='grantway-form__actions'>").append($button, $outcome);
}

function drawTrigger(host: Host, one: Running, $place: JQuery): void {
  const { dp } = one.boot.manifest;
  const $body = section(host, $place, dp?.title || "Trigger in the pipeline", `digital-pipeline__short-task_widget-style_${one.code}`);
  const fields = dp?.settings ?? [];
  const held = one.boot.forms?.["digital_pipeline"] ?? {};
  const $form = host.$("<div data-action='send_widget_hook'>").append(drawFields({ $: host.$, code: `dp_${one.code}`, managers: host.boot.managers }, fields, held));
  $body.append($form, saveButton(host, one, "digital_pipeline", () => Promise.resolve(readFields($form, fields))));
  $body.parent().one("toggle", () => void call(host, one, "dpSettings"));
}

function drawStep(host: Host, one: Running, handler: string, $place: JQuery): void {
  const { $ } = host;
  const step = one.boot.manifest.salesbot_designer?.[handler];
  if (!step) return;
  const form = `salesbot_designer.${handler}`;
  const held = one.boot.forms?.[form] ?? {};
  const params = typeof held["params"] === "object" && held["params"] !== null ? (held["params"] as Values) : {};
  const $body = section(host, $place, `Step of a Salesbot: ${step.name}`, "grantway-step");
  const crmFields = Object.entries(host.boot.account.cf ?? {}).map(([id, field]): [string, string] => [id, String(field["NAME"] ?? id)]);
  const $fields = $("<div>").append(drawBotFields($, step.settings, params, crmFields));
  const $exits = $("<ul class='grantway-step__exits'>");
  const values = async (): Promise<Values> => {
    const now = Object.fromEntries(step.settings.map((field) => [field.code, readBotField($fields, field.code)]));
    const code = await call(host, one, "onSalesbotDesignerSave", handler, now);
    return { params: now, source: typeof code === "string" ? code : "" };
  };
  $body.append($fields, $exits, saveButton(host, one, form, values));
  $body.parent().one("toggle", () => {
    if (callback(one, "salesbotDesignerSettings") === null) return;
    const row = (caption: string) => $("<div class='widget_settings_block__item_field'>").append($("<span class='widget_settings_block__title_field'>").text(caption));
    void call(host, one, "salesbotDesignerSettings", $body, row, params).then((answer) => {
      const exits = (answer as { exits?: { code: string; title: string }[] } | undefined)?.exits ?? [];
      for (const exit of exits) $("<li>").attr("data-exit", exit.code).text(exit.title).appendTo($exits);
    });
  });
}

function readBotField($fields: JQuery, code: string): string {
  return String($fields.find("input, select").filter((_, one) => one.getAttribute("name") === code).last().val() ?? "");
}

function drawSource(host: Host, one: Running, $place: JQuery): void {
  const { $ } = host;
  const held = one.boot.forms?.["lead_sources"] ?? {};
  const $body = section(host, $place, "Source of leads", "grantway-source-form");
  const $pipeline = $("<input type='number' class='text-input' name='pipeline_id' min='1' aria-label='Pipeline number'>").val(String(held["pipeline_id"] ?? ""));
  const values = async (): Promise<Values> => {
    const pipeline_id = Number($pipeline.val());
    if (!Number.isInteger(pipeline_id) || pipeline_id < 1) throw new Error("the number of a pipeline is needed");
    await call(host, one, "onAddAsSource", pipeline_id);
    one.boot.pipeline_id = pipeline_id;
    return { pipeline_id };
  };
  $body.append($("<label>").text("Pipeline number ").append($pipeline), saveButton(host, one, "lead_sources", values));
}
