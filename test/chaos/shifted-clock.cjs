/** Preloaded into a function: its clock is off by SHIFT_MS. Plain JavaScript, so that any Node.js may load it. */
const shiftMs = Number(process.env.SHIFT_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shiftMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + shiftMs;
  }
};
