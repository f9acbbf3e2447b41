// The filter box: suggestions as one types, and what is wrong.
import { get } from "./api.js";
import { byID, h, problem, safe } from "./dom.js";

const applyAfter = 250;
const suggestAfter = 80;

export class FilterBox {
  /** @param {(filter: string) => void} apply */
  constructor(apply) {
    this.apply = apply;
    this.input = byID("query");
    this.list = byID("suggestions");
    this.error = byID("filter-error");
    this.chosen = -1;
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.suggestSoon());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (e) => this.key(e));
    this.list.addEventListener("pointerdown", (e) => {
      e.preventDefault(); // the box keeps the focus
      const option = e.target.closest("[role=option]");
      if (option) this.take(Number(option.dataset.index));
    });
    byID("filter").addEventListener("submit", (e) => {
      e.preventDefault();
      this.now();
    });
    byID("unfilter").addEventListener("click", () => {
      this.set("");
      this.now();
      this.input.focus();
    });
  }

  /** Shows a filter that came from the address. */
  set(filter) {
    if (this.input.value !== filter) this.input.value = filter;
    byID("unfilter").hidden = !filter;
  }

  typed() {
    byID("unfilter").hidden = !this.input.value;
    clearTimeout(this.applying);
    this.applying = setTimeout(() => this.now(), applyAfter);
    this.suggestSoon();
  }

  now() {
    clearTimeout(this.applying);
    this.apply(this.input.value.trim());
  }

  /** Shows why a filter is wrong, or that it is right.
   * @param {{message: string, hint?: string}|null} error */
  fail(error) {
    this.input.setAttribute("aria-invalid", String(Boolean(error)));
    this.error.replaceChildren(...(error ? problem(error) : []));
  }

  suggestSoon() {
    clearTimeout(this.suggesting);
    this.suggesting = setTimeout(() => this.suggest(), suggestAfter);
  }

  async suggest() {
    const filter = this.input.value;
    let answer;
    try {
      answer = await get("suggest", { filter, position: this.input.selectionStart });
    } catch {
      return this.close();
    }
    if (document.activeElement !== this.input || this.input.value !== filter) return;
    this.replaces = answer;
    this.suggestions = answer.suggestions.slice(0, 50);
    const typed = filter.slice(this.replaces.start, this.replaces.end);
    if (this.suggestions.length === 1 && this.suggestions[0].text === typed) this.suggestions = [];
    this.choose(-1);
    this.list.replaceChildren(...this.suggestions.map((s, i) => h("div", { role: "option", id: "suggestion-" + i, "data-index": i, "aria-selected": "false" },
      h("code", {}, safe(s.text)), s.about && h("span.dim", {}, safe(s.about)))));
    this.list.hidden = this.suggestions.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  close() {
    clearTimeout(this.suggesting);
    this.list.hidden = true;
    this.chosen = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  choose(index) {
    this.chosen = index;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", "suggestion-" + index);
      this.list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  take(index) {
    const { start, end } = this.replaces;
    const text = this.suggestions[index].text;
    const open = /[=:]$/.test(text); // its value comes next
    const value = this.input.value;
    this.input.value = value.slice(0, start) + text + (open || value[end] === " " ? "" : " ") + value.slice(end);
    const caret = start + text.length + (open ? 0 : 1);
    this.input.setSelectionRange(caret, caret);
    this.typed();
  }

  key(e) {
    const open = !this.list.hidden;
    const last = this.list.children.length - 1;
    if (e.key === "ArrowDown" && open) this.choose(this.chosen >= last ? 0 : this.chosen + 1);
    else if (e.key === "ArrowUp" && open) this.choose(this.chosen <= 0 ? last : this.chosen - 1);
    else if (e.key === "Enter" && open && this.chosen >= 0) this.take(this.chosen);
    else if (e.key === "Escape" && open) this.close();
    else if (e.key === "Escape" || (e.key === "ArrowDown" && !open) || e.key === "Enter") {
      this.close();
      if (e.key !== "Escape") this.now();
      byID("grid").focus();
    } else return;
    e.preventDefault();
    e.stopPropagation();
  }
}
