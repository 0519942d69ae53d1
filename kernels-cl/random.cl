// Uniform numbers from Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011). Element i of a draw is word i mod 4 of counter (i / 4, 0, draw low, draw high) under the key (seed low,
// seed high); its upper 24 bits are a number in [0, 1). Every engine computes the same.
static float random_uniform(const uint seed_low, const uint seed_high, const uint draw_low, const uint draw_high, const int i) {
  uint4 c = (uint4)((uint)i >> 2, 0u, draw_low, draw_high);
  uint k0 = seed_low, k1 = seed_high;
  for (int round = 0; round < 10; round++) {
    const uint high0 = mul_hi(0xD2511F53u, c.x), low0 = 0xD2511F53u * c.x;
    const uint high1 = mul_hi(0xCD9E8D57u, c.z), low1 = 0xCD9E8D57u * c.z;
    c = (uint4)(high1 ^ c.y ^ k0, low1, high0 ^ c.w ^ k1, low0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  const uint word = (i & 3) == 0 ? c.x : (i & 3) == 1 ? c.y : (i & 3) == 2 ? c.z : c.w;
  return (word >> 8) * 0x1.0p-24f;
}
