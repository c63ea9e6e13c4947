// What is being looked at. Views read it, and are told what changed.
import type { Scaling } from "./scale";

export interface Cell {
  row: number; // indices into `rows` and `layers`
  layer: number;
}

export interface Pin extends Cell {
  id: number | null; // the token whose trajectory is looked at
  token: string | null;
}

export interface State {
  table: number;
  compared: number | null; // a second table beside it
  statistic: string;
  scaling: Scaling;
  settling: string; // the name of a definition
  wide: boolean; // columns wide enough for words, else the whole map at once
  cell: Cell | null; // under the pointer or the keyboard's cursor
  pin: Pin | null;
  layer: number; // the one the text is read at
  curve: "z" | "logprob";
  theme: "light" | "dark";
}

type Listener = (state: State, changed: Set<keyof State>) => void;

export class Store {
  private readonly listeners: Listener[] = [];

  constructor(public state: State) {}

  set(patch: Partial<State>): void {
    const changed = new Set<keyof State>();
    for (const key of Object.keys(patch) as (keyof State)[]) {
      if (this.state[key] !== patch[key]) changed.add(key);
    }
    if (changed.size === 0) return;
    this.state = { ...this.state, ...patch };
    for (const listener of this.listeners) listener(this.state, changed);
  }

  // Calls `view` now, and again whenever one of `keys` has changed.
  watch(keys: (keyof State)[], view: (state: State) => void): void {
    this.listeners.push((state, changed) => {
      if (keys.some((key) => changed.has(key))) view(state);
    });
    view(this.state);
  }
}
