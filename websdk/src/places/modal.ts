/** `lib/components/base/modal` (contract 3.9). */

export interface ModalOptions {
  class_name?: string;
  init?: (this: Modal, $body: JQuery) => void;
  /** False keeps the modal open. */
  destroy?: (this: Modal) => unknown;
  container?: JQuery | Element | string;
  disable_overlay_click?: boolean;
  disable_escape_keydown?: boolean;
  disable_enter_keydown?: boolean;
  disable_cancel_click?: boolean;
  default_overlay?: boolean;
  focus_element?: string;
  can_centrify?: boolean;
  [option: string]: unknown;
}

export interface Modal {
  readonly options: ModalOptions;
  readonly $modal: JQuery;
  readonly $modal_body: JQuery;
  destroy(): void;
  showSuccess(text: string, done?: (() => void) | false, ms?: number): Modal;
  showError(text: string, retry?: (() => void) | boolean): Modal;
  _showSuccess: Modal["showSuccess"];
  _showError: Modal["showError"];
}

export type ModalClass = new (options?: ModalOptions) => Modal;

const SUCCESS_MS = 2000;
const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]):not([type=hidden]), select, textarea, [tabindex='0']";

/** Makes the class for one page; widgets call it with `new`, also without options for a message alone. */
export function modalClass($: JQueryStatic, page: Document): ModalClass {
  const open: PageModal[] = [];

  class PageModal implements Modal {
    readonly $modal: JQuery;
    readonly $modal_body: JQuery;
    readonly _showSuccess = (...given: Parameters<Modal["showSuccess"]>) => this.showSuccess(...given);
    readonly _showError = (...given: Parameters<Modal["showError"]>) => this.showError(...given);
    readonly #before: Element | null = page.activeElement;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(readonly options: ModalOptions = {}) {
      this.$modal = $("<div class='modal' role='dialog' aria-modal='true' hidden>").addClass(options.class_name ?? "");
      this.$modal_body = $("<div class='modal-body' tabindex='-1'>");
      this.$modal.append(
        "<div class='modal-overlay default-overlay'></div>",
        $("<div class='modal-scroller custom-scroll'>").append(this.$modal_body),
      );
      this.#listen();
      if (options.init) {
        this.#attach();
        options.init.call(this, this.$modal_body);
        // A widget that forgets to say that its modal is loaded still sees it.
        this.#show();
      }
    }

    #attach(): void {
      const container = this.options.container;
      $((container as Element | undefined) ?? page.body).first().append(this.$modal);
      open.push(this);
    }

    #listen(): void {
      this.$modal_body
        .on("modal:loaded", () => this.#show())
        .on("modal:centrify", () => void (this.options.can_centrify !== false && this.$modal.find(".modal-scroller").scrollTop(0)));
      this.$modal.on("click", (event) => {
        const $target = $(event.target as Element);
        const closes =
          $target.closest(".modal-body__close").length > 0 ||
          (!this.options.disable_cancel_click && $target.closest(".button-cancel:not(.js-widget-uninstall)").length > 0) ||
          (!this.options.disable_overlay_click && $target.is(".modal-overlay, .modal-scroller"));
        if (closes && $target.closest(".modal").is(this.$modal)) this.destroy();
      });
    }

    #show(): void {
      if (!this.$modal.prop("hidden")) return;
      this.$modal.prop("hidden", false);
      const element = this.$modal_body.find(this.options.focus_element ?? ".js-modal-accept").get(0) ?? this.$modal_body.get(0);
      (element as HTMLElement | undefined)?.focus({ preventScroll: true });
    }

    /** Ends what is shown; the widget's own `destroy` may keep it. */
    destroy(): void {
      if (!open.includes(this)) return;
      if (this.options.destroy?.call(this) === false) return;
      clearTimeout(this.#timer);
      open.splice(open.indexOf(this), 1);
      this.$modal.remove();
      if (this.#before instanceof HTMLElement && page.contains(this.#before)) this.#before.focus({ preventScroll: true });
    }

    showSuccess(text: string, done: (() => void) | false = false, ms = SUCCESS_MS): Modal {
      this.#say("modal-body__inner_success", text, "status");
      this.#timer = setTimeout(() => {
        this.destroy();
        if (typeof done === "function") done();
      }, ms);
      return this;
    }

    showError(text: string, retry: (() => void) | boolean = false): Modal {
      const $inner = this.#say("modal-body__inner_error", text || "That did not work.", "alert");
      const $actions = $("<div class='modal-body__actions'>").appendTo($inner);
      if (retry) {
        $("<button type='button' class='button-input button-input_blue js-modal-accept js-modal-error-actions-repeat'>")
          .append("<span class='button-input-inner'><span class='button-input-inner__text'>Try again</span></span>")
          .on("click", () => {
            this.destroy();
            if (typeof retry === "function") retry();
          })
          .appendTo($actions);
      }
      $("<button type='button' class='button-cancel'>").append("<span class='button-cancel__text'>Close</span>").appendTo($actions);
      return this;
    }

    #say(class_name: string, text: string, role: string): JQuery {
      if (!open.includes(this)) this.#attach();
      const $inner = $("<div class='modal-body__inner'>").addClass(class_name).attr("role", role);
      // Widgets give markup here, as their own dialogs do.
      $inner.append($("<p class='modal-body__message'>").html(text));
      this.$modal.addClass("modal_message");
      this.$modal_body.empty().append($inner, "<button type='button' class='modal-body__close' aria-label='Close'><span class='icon icon-modal-close'></span></button>");
      this.#show();
      return $inner;
    }

    /** Returns true when the key was meant for this modal. */
    press(event: KeyboardEvent): boolean {
      if (event.key === "Escape" && !this.options.disable_escape_keydown) {
        this.destroy();
        return true;
      }
      if (event.key === "Enter" && !this.options.disable_enter_keydown && (event.target as Element).matches("input")) {
        const accept = this.$modal_body.find(".js-modal-accept").get(0) as HTMLElement | undefined;
        accept?.click();
        return accept !== undefined;
      }
      if (event.key === "Tab") keepInside(event, this.$modal_body.find(FOCUSABLE).filter(":visible").toArray() as HTMLElement[], page);
      return false;
    }
  }

  page.addEventListener("keydown", (event) => {
    const top = open.filter((one) => !one.$modal.prop("hidden") && page.contains(one.$modal.get(0) ?? null)).at(-1);
    if (top?.press(event)) event.preventDefault();
  });

  return PageModal;
}

function keepInside(event: KeyboardEvent, stops: HTMLElement[], page: Document): void {
  const [first, last] = [stops[0], stops.at(-1)];
  if (!first || !last) return;
  const edge = event.shiftKey ? first : last;
  if (page.activeElement !== edge && stops.includes(page.activeElement as HTMLElement)) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
