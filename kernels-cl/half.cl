// Vectors of float16, which every program that has some begins with: bits in memory, floats in a register. For scalars
// in memory there are vload_half and vstore_half_rte; those for vectors want more alignment than the standard does in PoCL 3.1.
//
//   half    s eeeee mmmmmmmmmm               the exponent is biased by 15, so a float's, by 127, is 112 more
//   float   s eeeeeeee mmmmmmmmmm0000000000000
//
// Halves below 2^-14, whose exponent is 0, are multiples of 2^-24; float 0.5 plus less than 0.5 is rounded to one of those.
#define HALVES(N) \
static float##N from_half##N(const ushort##N bits) { \
  const uint##N magnitude = convert_uint##N(bits & (ushort)0x7FFF); \
  const uint##N shifted = magnitude << 13; \
  const float##N small = convert_float##N(magnitude) * 0x1.0p-24f; \
  const uint##N rebiased = shifted + (magnitude >= 0x7C00u ? (uint##N)(0x70000000u) : (uint##N)(0x38000000u)); \
  const uint##N whole = magnitude < 0x0400u ? as_uint##N(small) : rebiased; \
  return as_float##N(whole | convert_uint##N(bits & (ushort)0x8000) << 16); \
} \
static ushort##N to_half##N(const float##N x) { \
  const uint##N magnitude = as_uint##N(x) & 0x7FFFFFFFu; \
  const uint##N small = as_uint##N(as_float##N(magnitude) + 0.5f) - 0x3F000000u; \
  const uint##N rounded = (magnitude - 0x38000000u + 0xFFFu + (magnitude >> 13 & 1u)) >> 13; \
  const uint##N far = magnitude > 0x7F800000u ? (uint##N)(0x7E00u) : (uint##N)(0x7C00u); \
  const uint##N near = magnitude < 0x38800000u ? small : rounded; \
  return convert_ushort##N((magnitude >= 0x477FF000u ? far : near) | (as_uint##N(x) >> 16 & 0x8000u)); \
}
HALVES()
HALVES(2)
HALVES(4)
HALVES(8)
HALVES(16)
#undef HALVES
