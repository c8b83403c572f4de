/** jsdom has no layout: what components ask of it is answered with nothing. To be called in `beforeAll`. */
export function answerForLayout(): void {
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  Element.prototype.scrollIntoView = () => {};
  Element.prototype.hasPointerCapture = () => false;
}
