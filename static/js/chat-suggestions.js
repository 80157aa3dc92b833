/* Suggests people of the room while one writes "@Ay" in a field. Focus stays in the field; the
   arrow keys choose, Enter and Tab take, Escape closes. */

const WANTED = /(?:^|\s)@(\p{L}[^@\n]{0,39})$/u;
const PAUSE = 150;

export class Suggestions {
  constructor(field, list, url) {
    Object.assign(this, { field, list, url, chosen: -1 });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.addEventListener("input", () => this.ask());
    field.addEventListener("blur", () => this.close());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
  }

  get wanted() {
    return WANTED.exec(this.field.value.slice(0, this.field.selectionEnd))?.[1];
  }

  ask() {
    clearTimeout(this.timer);
    const { wanted } = this;
    if (!wanted) return this.close();
    this.timer = setTimeout(() => this.fetch(wanted), PAUSE);
  }

  async fetch(wanted) {
    try {
      const query = new URLSearchParams({ q: wanted });
      const response = await fetch(`${this.url}?${query}`, {
        headers: { Accept: "application/json" },
      });
      const { people } = response.ok ? await response.json() : { people: [] };
      if (this.wanted === wanted) this.show(people);
    } catch {
      this.close(); // without suggestions one writes the name out
    }
  }

  show(people) {
    this.list.replaceChildren(...people.map((person, at) => this.option(person, at)));
    this.list.hidden = !people.length;
    this.choose(people.length ? 0 : -1);
  }

  option({ name, organisation }, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.setAttribute("role", "option");
    option.dataset.name = name;
    const strong = document.createElement("bdi");
    strong.textContent = name;
    option.append(strong, organisation ? ` ${organisation}` : "");
    return option;
  }

  choose(at) {
    const options = [...this.list.children];
    this.chosen = options.length ? (at + options.length) % options.length : -1;
    options.forEach((option, each) => option.setAttribute("aria-selected", each === this.chosen));
    const chosen = options[this.chosen];
    if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  /* Returns whether the key was meant for the list. */
  pressed(event) {
    if (this.list.hidden || event.isComposing) return false;
    const act = {
      ArrowDown: () => this.choose(this.chosen + 1),
      ArrowUp: () => this.choose(this.chosen - 1),
      Enter: () => this.take(this.list.children[this.chosen]),
      Tab: () => this.take(this.list.children[this.chosen]),
      Escape: () => this.close(),
    }[event.key];
    if (!act || event.shiftKey) return false;
    event.preventDefault();
    act();
    return true;
  }

  take(option) {
    if (!option) return;
    const end = this.field.selectionEnd;
    const start = end - this.wanted.length;
    this.field.setRangeText(`${option.dataset.name} `, start, end, "end");
    this.close();
    this.field.dispatchEvent(new Event("input"));
  }

  close() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.choose(-1);
  }
}
