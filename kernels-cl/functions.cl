// Functions of float32 that programs which use one begin with, for scalars and once more for each width of vectors: exp, log, tanh,
// sigmoid, softplus, expm1 and pow, by name and type: exp_float, exp_float8. Parameter: WIDE(name), a name with the width.
//
//   exponentials   x = n ln 2 + r    e^x = 2^n (1 + r + r^2 (1/2 + r/6 + ..))              |r| < 0.35
//   logarithms     x = 2^n (1 + f)   log x = n ln 2 + f - f^2/2 + f^3 (1/3 - f/4 + ..)     -0.30 < f < 0.42
//
// NaN, infinities, -0 and denormals are as C99 has them. There are no branches and no tables, and no step needs a fused
// multiply-add. Polynomials have the least maximum relative error, their coefficients rounded to float one by one.
#ifndef WIDE
#define WIDE(name) name##4
#endif
#define FLOAT WIDE(float)
#define INT WIDE(int)
#define NUMBER(c) ((FLOAT)(c))
#define SIGN(x) (WIDE(as_int)(x) & (INT)(0x80000000))
// No fmin and fmax: they drop NaN.
#define AT_MOST(x, c) ((x) > NUMBER(c) ? NUMBER(c) : (x))
#define AT_LEAST(x, c) ((x) < NUMBER(c) ? NUMBER(c) : (x))
// Products of the first part and whole numbers up to 2^10 are exact.
#define LN2_HIGH 0x1.62e4p-1f
#define LN2_LOW 0x1.7f7d1cp-20f
// Added to a number below 2^22, it leaves the nearest whole number n as n + bias in the last bits: powers of 2 follow by shifts.
#define TO_WHOLE(bias) (0x1.8p23f + (bias))
// Of two powers of 2.
#define BOTH 254

// n, with what TO_WHOLE(BOTH) adds to it; |x| is at most 110.
static FLOAT WIDE(exp_whole)(const FLOAT x) {
  return FMA(x, NUMBER(0x1.715476p0f), NUMBER(TO_WHOLE(BOTH)));
}

// r, of which n times LN2_HIGH takes nothing away.
static FLOAT WIDE(exp_rest)(const FLOAT x, const FLOAT whole) {
  const FLOAT n = whole - NUMBER(TO_WHOLE(BOTH));
  return FMA(n, NUMBER(-LN2_LOW), FMA(n, NUMBER(-LN2_HIGH), x));
}

// (e^r - 1 - r) / (r^2 / u) of r / u, for a constant u, a power of 2.
static FLOAT WIDE(exp_series)(const FLOAT r, const float u) {
  FLOAT p = FMA(r, NUMBER(0x1.6b6b3cp-10f * u * u * u * u * u), NUMBER(0x1.1227e2p-7f * u * u * u * u));
  p = FMA(p, r, NUMBER(0x1.55571ep-5f * u * u * u));
  p = FMA(p, r, NUMBER(0x1.5554b0p-3f * u * u));
  return FMA(p, r, NUMBER(0x1.fffffep-2f * u));
}

// 2^n e^r, in two steps, as 2^n alone may be no normal number.
static FLOAT WIDE(exp_scaled)(const FLOAT whole, const FLOAT r) {
  const FLOAT y = FMA(FMA(WIDE(exp_series)(r, 1.0f), r, NUMBER(1.0f)), r, NUMBER(1.0f));
  const INT bits = WIDE(as_int)(whole);
  const INT half_bits = bits >> 1;
  return y * WIDE(as_float)(half_bits << 23) * WIDE(as_float)((bits - half_bits) << 23);
}

// e^x for x from -104 to 89.
static FLOAT WIDE(exp_within)(const FLOAT x) {
  const FLOAT whole = WIDE(exp_whole)(x);
  return WIDE(exp_scaled)(whole, WIDE(exp_rest)(x, whole));
}

static FLOAT WIDE(exp_float)(const FLOAT x) {
  return WIDE(exp_within)(AT_MOST(AT_LEAST(x, -104.0f), 89.0f));
}

// e^x - 1 for x from -20 to 89 as 2^n (e^r - 1) + (2^n - 1); where n is 128, half of it, as 2^128 is no number.
static FLOAT WIDE(expm1_float)(const FLOAT x) {
  const FLOAT within = AT_MOST(AT_LEAST(x, -20.0f), 89.0f);
  const FLOAT whole = WIDE(exp_whole)(within);
  const FLOAT r = WIDE(exp_rest)(within, whole);
  const INT bits = WIDE(as_int)(whole);
  const INT most = min(bits, (INT)(0x4B400000 + 254 + 127));
  const FLOAT power = WIDE(as_float)((most - 127) << 23);
  const FLOAT y = FMA(FMA(WIDE(exp_series)(r, 1.0f) * r, r, r), power, power - NUMBER(1.0f));
  return WIDE(as_float)(WIDE(as_int)(y * WIDE(as_float)((bits - most + 127) << 23)) | SIGN(x));
}

// E / (E + 2) where E = e^(2|x|) - 1: never beyond 1, and as near at 0 as anywhere. All by halves, r and E too. What ln 2
// as one number leaves, 2e-9 n, is less than tanh shows of a difference in 2|x| near n ln 2.
static FLOAT WIDE(tanh_float)(const FLOAT x) {
  const FLOAT within = AT_MOST(fabs(x), 9.5f);
  const FLOAT whole = FMA(within, NUMBER(0x1.715476p1f), NUMBER(TO_WHOLE(127)));
  const FLOAT r = FMA(whole - NUMBER(TO_WHOLE(127)), NUMBER(-0x1.62e430p-2f), within);
  const FLOAT power = WIDE(as_float)(WIDE(as_int)(whole) << 23);
  const FLOAT e = FMA(FMA(WIDE(exp_series)(r, 2.0f) * r, r, r), power, FMA(power, NUMBER(0.5f), NUMBER(-0.5f)));
  return WIDE(as_float)(WIDE(as_int)(e / (e + NUMBER(1.0f))) | SIGN(x));
}

// e^r / (e^r + 2^-n), both by 2^-24, so that 2^-n is a normal number for all x from -104; from 18 on it is 1.
static FLOAT WIDE(sigmoid_float)(const FLOAT x) {
  const FLOAT within = AT_MOST(AT_LEAST(x, -104.0f), 18.0f);
  const FLOAT whole = FMA(within, NUMBER(-0x1.715476p0f), NUMBER(TO_WHOLE(127 - 24)));
  const FLOAT n = whole - NUMBER(TO_WHOLE(127 - 24));
  const FLOAT r = FMA(n, NUMBER(LN2_LOW), FMA(n, NUMBER(LN2_HIGH), within));
  const FLOAT y = FMA(FMA(WIDE(exp_series)(r, 1.0f), r, NUMBER(1.0f)), r * NUMBER(0x1p-24f), NUMBER(0x1p-24f));
  return y / (y + WIDE(as_float)(WIDE(as_int)(whole) << 23));
}

// log(1 + f) - f.
static FLOAT WIDE(log_rest)(const FLOAT f) {
  FLOAT p = FMA(f, NUMBER(-0x1.38b244p-4f), NUMBER(0x1.055f00p-3f));
  p = FMA(p, f, NUMBER(-0x1.0d8632p-3f));
  p = FMA(p, f, NUMBER(0x1.22d8fep-3f));
  p = FMA(p, f, NUMBER(-0x1.547218p-3f));
  p = FMA(p, f, NUMBER(0x1.99a020p-3f));
  p = FMA(p, f, NUMBER(-0x1.000228p-2f));
  p = FMA(p, f, NUMBER(0x1.555554p-2f));
  return FMA(p, f, NUMBER(-0.5f)) * (f * f);
}

// The bits of a positive number, as if there were exponents below -126: a denormal is a whole number of 2^-149.
static INT WIDE(log_bits)(const FLOAT x) {
  const INT bits = WIDE(as_int)(x);
  const INT scaled = WIDE(as_int)(WIDE(convert_float)(bits)) - (INT)(149 << 23);
  return bits < (INT)(0x00800000) ? scaled : bits;
}

// n.
static INT WIDE(log_whole)(const INT bits) {
  return (bits - (INT)(0x3F3504F3)) >> 23;
}

static FLOAT WIDE(log_float)(const FLOAT x) {
  const INT normal = WIDE(log_bits)(x);
  const INT whole = WIDE(log_whole)(normal);
  const FLOAT f = WIDE(as_float)(normal - (whole << 23)) - NUMBER(1.0f);
  const FLOAT n = WIDE(convert_float)(whole);
  const FLOAT y = FMA(n, NUMBER(LN2_HIGH), f + FMA(n, NUMBER(LN2_LOW), WIDE(log_rest)(f)));
  const FLOAT below = x == NUMBER(0.0f) ? NUMBER(-INFINITY) : NUMBER(NAN);
  const FLOAT above = x < NUMBER(INFINITY) ? y : x;
  return x <= NUMBER(0.0f) ? below : above;
}

// max(x, 0) + log(1 + e^-|x|), where 1 + e^-|x| is 1 + f or 2 (1 + f), without a rounded sum.
static FLOAT WIDE(softplus_float)(const FLOAT x) {
  const FLOAT e = WIDE(exp_within)(AT_LEAST(-fabs(x), -104.0f));
  const INT isLarge = e > NUMBER(0x1.a8279ap-2f);
  const FLOAT f = isLarge ? NUMBER(0.5f) * e - NUMBER(0.5f) : e;
  const FLOAT ln2 = isLarge ? NUMBER(0x1.62e430p-1f) : NUMBER(0.0f);
  return AT_LEAST(x, 0.0f) + (ln2 + (f + WIDE(log_rest)(f)));
}

// The first 12 bits: the product of two such is exact.
#define FIRST(x) WIDE(as_float)(WIDE(as_int)(x) & (INT)(0xFFFFF000))

// |x|^y for a positive, finite |x|, as e^(y log |x|), the logarithm in two parts of which the first has 12 bits:
//   log(1 + f) = 2 s + 2/3 s^3 + 2/5 s^5 ..,  s = f / (2 + f)
static FLOAT WIDE(pow_positive)(const FLOAT x, const FLOAT y) {
  const INT normal = WIDE(log_bits)(x);
  const INT whole = WIDE(log_whole)(normal);
  const FLOAT f = WIDE(as_float)(normal - (whole << 23)) - NUMBER(1.0f);
  const FLOAT n = WIDE(convert_float)(whole);
  const FLOAT inverse = NUMBER(1.0f) / (f + NUMBER(2.0f));
  const FLOAT s0 = FIRST(f * inverse);
  const FLOAT f0 = FIRST(f);
  const FLOAT s1 = inverse * (((f - NUMBER(2.0f) * s0) - s0 * f0) - s0 * (f - f0));
  const FLOAT s = s0 + s1;
  const FLOAT square = s * s;
  FLOAT p = FMA(square, NUMBER(0x1.f13b8ap-3f), NUMBER(0x1.23d3e0p-2f));
  p = FMA(p, square, NUMBER(0x1.999c26p-2f));
  p = FMA(p, square, NUMBER(0x1.555554p-1f));
  const FLOAT large = n * NUMBER(LN2_HIGH);
  const FLOAT sum = large + NUMBER(2.0f) * s0;
  const FLOAT left = ((large - sum) + NUMBER(2.0f) * s0) + FMA(n, NUMBER(LN2_LOW), FMA(p * s, square, NUMBER(2.0f) * s1));
  const FLOAT log0 = FIRST(sum + left);
  const FLOAT log1 = left - (log0 - sum);
  const FLOAT y0 = FIRST(y);
  const FLOAT t0 = y0 * log0;
  const FLOAT t1 = FMA(y - y0, log0, y * log1);
  const FLOAT t = t0 + t1;
  const FLOAT within = AT_MOST(AT_LEAST(t, -104.0f), 89.0f);
  const FLOAT rounded = within == t ? (t0 - t) + t1 : NUMBER(0.0f);
  const FLOAT steps = WIDE(exp_whole)(within);
  return WIDE(exp_scaled)(steps, WIDE(exp_rest)(within, steps) + rounded);
}

// The special cases are those of C99.
static FLOAT WIDE(pow_float)(const FLOAT x, const FLOAT y) {
  const FLOAT magnitude = fabs(x);
  // Beyond 2^33, either of the ends is certain, except for 1.
  const FLOAT within = AT_MOST(AT_LEAST(y, -0x1p33f), 0x1p33f);
  const FLOAT z = WIDE(pow_positive)(magnitude, within);
  const FLOAT zero = NUMBER(0.0f);
  const INT isZero = magnitude == zero;
  const INT isEnd = isZero || magnitude == NUMBER(INFINITY);
  const INT isWhole = rint(within) == within;
  const INT isOdd = isWhole && rint(NUMBER(0.5f) * within) != NUMBER(0.5f) * within;
  const FLOAT end = (y < zero) == isZero ? NUMBER(INFINITY) : zero;
  const FLOAT positive = isEnd ? end : z;
  const FLOAT real = x < zero && !isWhole && !isEnd ? NUMBER(NAN) : positive;
  const FLOAT number = isOdd ? WIDE(as_float)(WIDE(as_int)(real) | SIGN(x)) : real;
  const FLOAT known = x == x && y == y ? number : NUMBER(NAN);
  return x == NUMBER(1.0f) || y == zero ? NUMBER(1.0f) : known;
}

#undef FIRST
#undef FLOAT
#undef INT
#undef NUMBER
#undef SIGN
#undef AT_MOST
#undef AT_LEAST
#undef LN2_HIGH
#undef LN2_LOW
#undef TO_WHOLE
#undef BOTH
#undef WIDE
