// The menu that copies an exchange in another form.
import { text } from "./api.js";
import { h, sentence } from "./dom.js";
import { toast } from "./live.js";

const forms = { curl: "curl command", send: "send command", step: "scenario step", template: "template", body: "body", headers: "headers" };

/** @param {Object} x  an exchange, with the names of the forms that it has */
export function copyMenu(x) {
  const available = Object.keys(forms).filter((as) => x.copies.includes(as));
  const items = available.map((as) => h("button", { role: "menuitem", tabindex: "-1", click: () => copy(x.id, as) }, forms[as]));
  const menu = h("div.menu", { role: "menu", "aria-label": "Copy", hidden: true }, items);
  const button = h("button", { id: "copy", "aria-haspopup": "menu", "aria-expanded": "false", "aria-keyshortcuts": "c" }, "Copy");
  const open = (on) => {
    menu.hidden = !on;
    menu.classList.remove("rightward");
    if (menu.getBoundingClientRect().left < wrap.closest("#detail").getBoundingClientRect().left) menu.classList.add("rightward");
    button.setAttribute("aria-expanded", String(on));
    if (on) items[0]?.focus();
  };
  button.addEventListener("click", () => open(menu.hidden));
  const wrap = h("span.copy", { keydown: (e) => {
    const at = items.indexOf(e.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[e.key];
    if (e.key === "Escape" && !menu.hidden) {
      open(false);
      button.focus();
    } else if (to !== undefined && at >= 0) items.at(to % items.length).focus();
    else return;
    e.preventDefault();
    e.stopPropagation();
  }, focusout: (e) => wrap.contains(e.relatedTarget) || open(false) }, button, menu);
  menu.addEventListener("click", () => {
    open(false);
    button.focus();
  });
  return wrap;
}

async function copy(id, as) {
  try {
    const copied = await text(`exchanges/${id}/copy`, { as });
    try {
      await navigator.clipboard.writeText(copied);
      toast(`Copied: ${forms[as]}.` + (copied.includes("****") ? " Values of **** are masked; type yours over them." : ""));
    } catch {
      byHand(copied);
    }
  } catch (error) {
    toast("Not copied: " + sentence(error));
  }
}

/** Where the browser does not let a page copy, the text is there to be copied. */
function byHand(copied) {
  const area = h("textarea", { readonly: true, rows: "12", "aria-label": "Text to copy" });
  area.value = copied;
  const dialog = h("dialog", { close: () => dialog.remove() }, h("p", {}, "The browser does not allow copying. Copy it from here:"), area,
    h("form", { method: "dialog" }, h("button", {}, "Close")));
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}
