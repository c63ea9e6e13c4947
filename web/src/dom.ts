// Elements of the page. Text goes in as text nodes, never as markup.

export type Child = Node | string | null | undefined | false;

export interface Attributes {
  class?: string;
  title?: string;
  [attribute: string]: string | number | boolean | undefined;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(parent: Node, children: Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) parent.appendChild(toNode(child));
  }
}

function toNode(child: Node | string): Node {
  return typeof child === "string" ? document.createTextNode(child) : child;
}

export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

// A word from a text or a vocabulary, isolated: its direction cannot reorder what stands beside it.
export function word(text: string, style = "word"): HTMLElement {
  return el("bdi", { class: style }, text);
}

export interface Choice {
  value: string;
  label: string;
  title?: string;
}

// A row of buttons, one of which is pressed; arrow keys move within it.
export class Segmented {
  readonly element: HTMLElement;
  private readonly buttons = new Map<string, HTMLButtonElement>();

  constructor(label: string, choices: Choice[], choose: (value: string) => void) {
    this.element = el("div", { class: "segmented", role: "radiogroup", "aria-label": label });
    for (const choice of choices) {
      const button = el("button", { type: "button", role: "radio", title: choice.title }, choice.label);
      button.addEventListener("click", () => choose(choice.value));
      this.buttons.set(choice.value, button);
      this.element.appendChild(button);
    }
    this.element.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      const all = [...this.buttons.values()];
      const at = all.findIndex((button) => button === document.activeElement);
      const next = all[(at + step + all.length) % all.length];
      next?.focus();
      next?.click();
      event.preventDefault();
    });
  }

  set(value: string): void {
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-checked", String(name === value));
      button.tabIndex = name === value ? 0 : -1;
    }
  }
}

// A labelled drop-down list.
export function select(label: string, choices: Choice[], choose: (value: string) => void): { element: HTMLElement; input: HTMLSelectElement } {
  const input = el("select", {}, ...choices.map((choice) => el("option", { value: choice.value, title: choice.title }, choice.label)));
  input.addEventListener("change", () => choose(input.value));
  return { element: el("label", { class: "field" }, el("span", {}, label), input), input };
}
