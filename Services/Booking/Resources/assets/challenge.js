// Does the work that a form asks for when a limit is near, and sends it. Without it the person presses the button after a moment.
//
// SHA-256 (FIPS 180-4) of "<salt>:<number>", which fits in one block, until the hash begins with enough zero bits. In slices, so that the
// page stays alive; crypto.subtle is there on secure origins only, and takes longer for messages as short as these.
(() => {
  "use strict";

  const form = document.getElementById("challenge");
  const status = document.getElementById("challenge-status");
  if (!form || !status) return;

  // The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8.
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
  const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
  const H = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
  const W = new Int32Array(64);

  // The first word of the hash of a text of at most 55 bytes, each character a byte.
  function firstWord(text) {
    W.fill(0, 0, 16);
    for (let i = 0; i < text.length; i += 1) W[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
    W[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
    W[15] = text.length * 8;
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15], y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    return (a + H[0]) | 0;
  }

  const { salt, working, done } = form.dataset;
  const bits = Number(form.dataset.bits);
  const button = form.querySelector("button");
  button.hidden = true;
  // Read out once; percentages would talk over everything else.
  status.textContent = working;
  let number = 0;

  function slice() {
    const end = performance.now() + 25;
    do {
      for (let i = 0; i < 500; i += 1, number += 1) {
        if (Math.clz32(firstWord(`${salt}:${number}`)) < bits) continue;
        form.elements.nonce.value = String(number);
        status.textContent = done;
        // A way on, should the answer be lost.
        setTimeout(() => { button.hidden = false; }, 8000);
        form.submit();
        return;
      }
    } while (performance.now() < end);
    setTimeout(slice, 0);
  }
  setTimeout(slice, 0);
})();
