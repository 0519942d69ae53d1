// Elements that lie in order along one axis where they are read and along another where they are written, as of a transposed
// matrix, on a CPU: elements (o, r, c) of the result, neighbours along c, are read as vectors along r.
//
//          c, VW at a time                VW vectors along r are exchanged for VW along c in log2(VW) rounds. In each, the
//        +----+----+---+                  numbers of two vectors, half of all apart, are dealt to two by turns:
//      r | VW x VW |   |
//        +----+----+---+                        a0 a1 a2 a3     b0 b1 b2 b3
//        |         |   |                        a0 b0 a1 b1     a2 b2 a3 b3
//
// Holes:  READ_V(o, r, c) gives elements r to r + VW - 1; WRITE_V(o, r, c, value) takes elements c to c + VW - 1.
// Parameters:  VW, lanes of a vector; NUMBER, the type of an element. There are VW rows and VW columns at least.
#ifndef KERNEL
#define KERNEL transpose
#define PARAMETERS global const float* x, global float* y
#define ARGUMENTS x, y
#define VW 4
#define NUMBER float
#define READ_V(o, r, c) vload4(0, x + o * 64 + c * 8 + r)
#define WRITE_V(o, r, c, value) vstore4(value, 0, y + o * 64 + r * 8 + c)
#endif

#define VECTOR JOIN(NUMBER, VW)
#define ROUND(from, to) UNROLLED(i, VW / 2) { \
    to[2 * i] = JOIN(KERNEL, _dealt)(from[i].lo, from[i + VW / 2].lo); \
    to[2 * i + 1] = JOIN(KERNEL, _dealt)(from[i].hi, from[i + VW / 2].hi); \
  }
#if VW == 16
#define HALF JOIN(NUMBER, 8)
#elif VW == 8
#define HALF JOIN(NUMBER, 4)
#else
#define HALF JOIN(NUMBER, 2)
#endif

static VECTOR JOIN(KERNEL, _dealt)(const HALF a, const HALF b) {
  VECTOR both;
  both.even = a;
  both.odd = b;
  return both;
}

// rows, columns: of each o; parts: of the rows; strips: of VW columns; blocks: strips of all o; each: of those that a work-item takes.
// The last part and the last strip have the rest, in which the last vectors reach back over those before.
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int rows, const int columns, const int parts, const int strips, const int blocks, const int each) {
  const int part = rows / parts / VW * VW;
  const int r0 = get_global_id(1) * part;
  const int r1 = get_global_id(1) == parts - 1 ? rows : r0 + part;
  const int first = get_global_id(0) * each;
  for (int block = first; block < min(first + each, blocks); block++) {
    const int o = block / strips;
    const int strip = block - o * strips;
    const int c1 = strip == strips - 1 ? columns : (strip + 1) * VW;
    for (int at = strip * VW; at < c1; at += VW) {
      const int c = min(at, columns - VW);
      for (int from = r0; from < r1; from += VW) {
        const int r = min(from, rows - VW);
        VECTOR v[VW];
        VECTOR t[VW];
        UNROLLED(i, VW) {
          v[i] = READ_V(o, r, c + i);
        }
        ROUND(v, t)
        ROUND(t, v)
#if VW >= 8
        ROUND(v, t)
#endif
#if VW >= 16
        ROUND(t, v)
#endif
        UNROLLED(i, VW) {
#if VW == 8
          WRITE_V(o, r + i, c, t[i]);
#else
          WRITE_V(o, r + i, c, v[i]);
#endif
        }
      }
    }
  }
}
#undef VECTOR
#undef HALF
#undef ROUND
