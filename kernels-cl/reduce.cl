// Sums, products and extremes: element o of the result combines length terms.
//
//   ACROSS: lanes lie side by side in the result           ALONG: lanes lie side by side in the sum
//        o o+1 o+2 o+3                                          r r+1 r+2 r+3
//    r   |   |   |   |    AHEAD vectors at once,            o   ----------->  one vector, whose lanes
//   r+1  v   v   v   v    each with its accumulator                           are combined at the end (AHEAD of them too),
//                                                                            for ROWS results at once
//
// On a GPU a work-item takes results in turn, neighbours side by side; or SHARE work-items take a result together, neighbours
// side by side in the sum, and combine what each has in local memory, halves at a time:
//
//    o    0 1 2 3 0 1 2 3 0 ..        0 1 2 3  ->  0+2 1+3  ->  0+2+1+3
//
// The order of the additions depends on the shapes and the parameters alone.
// Element o of the result is element c of its row q, o = q * RUN + c; a term is term r of round s, s * STEPS + r: so that
// what depends on rows and rounds is not computed for each vector. One row or one round is all, where RUN and STEPS say so.
// Where several rows sum the same terms, ROUNDS at a time are summed for all of them while what they read is in the cache;
// meanwhile the others' sums wait in private memory.
// Holes:  TERM_V(q, c, s, r), TERM_H, of half a vector, and TERM_1 give terms; WRITE_V(q, c, acc), WRITE_1(q, c, acc) take the result;
// COMBINE(a, x) joins two values; INIT is the value of an empty one.
// Parameters:  VW, lanes of a vector; AHEAD, vectors at once; ROWS, results at once ALONG, on a CPU, of half as many vectors each;
// REST, 1 if vectors, AHEAD of them, leave scalars over; HALF, 1 if they leave half a vector in place of that ALONG; ALONG, 1 for
// that layout, of one row; RUN, a multiple of VW * AHEAD unless REST; STEPS, a multiple of VW if there are several rounds ALONG;
// ROUNDS, 0 for all, and WAITING, the most results of a work-item if not; APART, 1 if a round's terms lie vectors apart in memory: then one
// instruction reads them all, as prefetchers learn what each instruction reads; CPU, 1 on a CPU, else there are one row and one round;
// SHARE, a power of two, and GROUP, the work-items of a group, on a GPU; TYPE, the type of the accumulator; STAGE, 1 in fused rows
// (fused_rows.cl), which calls the function for a range of results.
#ifndef KERNEL
#define KERNEL reduce
#define PARAMETERS global const float* x, global float* y
#define ARGUMENTS x, y
#define VW 4
#define REST 1
#define HALF 0
#define AHEAD 1
#define ROWS 1
#define ALONG 0
#define CPU 1
#define SHARE 1
#define GROUP 64
#define TYPE float
#define INIT 0
#define COMBINE(a, x) ((a) + (x))
#define RUN 64
#define STEPS 8
#define ROUNDS 0
#define WAITING 64
#define APART 0
#define TERM_V(q, c, s, r) vload4(0, x + ((s) * STEPS + r) * 64 + (q) * RUN + c)
#define TERM_1(q, c, s, r) x[((s) * STEPS + r) * 64 + (q) * RUN + c]
#define WRITE_V(q, c, acc) vstore4(acc, 0, y + (q) * RUN + c)
#define WRITE_1(q, c, acc) y[(q) * RUN + c] = acc
#endif

#if VW > 1
#define VECTOR JOIN(TYPE, VW)
#else
#define VECTOR TYPE
#endif
#if VW == 16
#define HALF_VECTOR JOIN(TYPE, 8)
#elif VW == 8
#define HALF_VECTOR JOIN(TYPE, 4)
#else
#define HALF_VECTOR JOIN(TYPE, 2)
#endif
#if ROUNDS
#define FIRST s0
#define BEGUN(empty, left) (s0 == 0 ? empty : left)
#define WAIT(statement) statement
#else
#define FIRST 0
#define BEGUN(empty, left) empty
#define WAIT(statement)
#endif

#if CPU && ALONG && VW > 1
// Of rows results from c on, a constant: each is read in a place of its own, as memory gives more from several at once. The same of vectors
// of each: with an accumulator each, so that no addition waits for the one before. The loops are unrolled in full, which waits until the function
// is in its callers; of a plain unroll clang writes eight rounds out before it knows the count, and then keeps the accumulators in memory.
static __attribute__((always_inline)) void JOIN(KERNEL, _along)(PARAMETERS, const int c, const int rows, const int vectors, const int length) {
  VECTOR ahead[ROWS * AHEAD];
#pragma clang loop unroll(full)
  for (int j = 0; j < rows * vectors; j++) {
    ahead[j] = (VECTOR)(INIT);
  }
  for (int s = 0; s < length / STEPS; s++) {
    int r = 0;
    for (; r + VW * vectors <= STEPS; r += VW * vectors) {
#pragma clang loop unroll(full)
      for (int j = 0; j < rows * vectors; j++) {
        const VECTOR term = TERM_V(0, c + j / vectors, s, r + j % vectors * VW);
        ahead[j] = COMBINE(ahead[j], term);
      }
    }
#if AHEAD > 1
    for (; r + VW <= STEPS; r += VW) {
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const VECTOR term = TERM_V(0, c + i, s, r);
        ahead[i * vectors] = COMBINE(ahead[i * vectors], term);
      }
    }
#endif
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    VECTOR acc = ahead[i * vectors];
#pragma clang loop unroll(full)
    for (int j = 1; j < vectors; j++) {
      acc = COMBINE(acc, ahead[i * vectors + j]);
    }
    HALF_VECTOR halves = COMBINE(acc.lo, acc.hi);
#if HALF
    const HALF_VECTOR rest = TERM_H(0, c + i, 0, length / VW * VW);
    halves = COMBINE(halves, rest);
#endif
#if VW == 16
    const JOIN(TYPE, 4) quarter = COMBINE(halves.lo, halves.hi);
    const JOIN(TYPE, 2) pair = COMBINE(quarter.lo, quarter.hi);
#elif VW == 8
    const JOIN(TYPE, 2) pair = COMBINE(halves.lo, halves.hi);
#else
    const JOIN(TYPE, 2) pair = halves;
#endif
    TYPE total = COMBINE(pair.lo, pair.hi);
#if REST
    for (int r = length / VW * VW; r < length; r++) {
      const TYPE term = TERM_1(0, c + i, 0, r);
      total = COMBINE(total, term);
    }
#endif
    WRITE_1(0, c + i, total);
  }
}

static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int length) {
  int c = begin;
#if ROWS > 1
  for (; c + ROWS <= end; c += ROWS) {
    JOIN(KERNEL, _along)(ARGUMENTS, c, ROWS, (AHEAD + 1) / 2, length);
  }
#endif
  for (; c < end; c++) {
    JOIN(KERNEL, _along)(ARGUMENTS, c, 1, AHEAD, length);
  }
}
#elif CPU
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int length) {
  const int rounds = length / STEPS;
#if ROUNDS
  TYPE waiting[WAITING];
  for (int s0 = 0; s0 < rounds; s0 += ROUNDS) {
    const int s1 = min(s0 + ROUNDS, rounds);
#else
  {
    const int s1 = rounds;
#endif
    int q = begin / RUN;
    int c = begin % RUN;
    for (int o = begin; o < end; q++) {
      const int c1 = min(RUN, c + end - o);
#if VW > 1
      for (; c + VW * AHEAD <= c1; c += VW * AHEAD, o += VW * AHEAD) {
        VECTOR acc[AHEAD];
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
          acc[j] = BEGUN((VECTOR)(INIT), JOIN(load, VW)(waiting + o - begin + j * VW));
        }
        for (int s = FIRST; s < s1; s++) {
#if APART
#pragma unroll 1
#endif
          for (int r = 0; r < STEPS; r++) {
#pragma unroll
            for (int j = 0; j < AHEAD; j++) {
              const VECTOR term = TERM_V(q, c + j * VW, s, r);
              acc[j] = COMBINE(acc[j], term);
            }
          }
        }
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
          if (s1 == rounds) {
            WRITE_V(q, c + j * VW, acc[j]);
          } else {
            WAIT(JOIN(store, VW)(acc[j], waiting + o - begin + j * VW));
          }
        }
      }
#endif
#if REST
      for (; c < c1; c++, o++) {
        TYPE acc = BEGUN(INIT, waiting[o - begin]);
        for (int s = FIRST; s < s1; s++) {
          for (int r = 0; r < STEPS; r++) {
            const TYPE term = TERM_1(q, c, s, r);
            acc = COMBINE(acc, term);
          }
        }
        if (s1 == rounds) {
          WRITE_1(q, c, acc);
        } else {
          WAIT(waiting[o - begin] = acc);
        }
      }
#endif
      c = 0;
    }
  }
}
#endif

#if CPU && !STAGE
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int count, const int length, const int block) {
  const int begin = get_global_id(0) * block;
  JOIN(KERNEL, _range)(ARGUMENTS, begin, min(begin + block, count), length);
}
#elif !CPU && SHARE > 1
// Results first to end, of those every stride: a group takes GROUP / SHARE at a time.
static void JOIN(KERNEL, _shared)(PARAMETERS, int first, const int end, const int stride, const int length, local TYPE* shared) {
  const int item = get_local_id(0);
  const int lane = item % SHARE;
  // All of a group go round together, as barriers have to be reached by all.
  for (; first < end; first += stride) {
    const int o = first + item / SHARE;
    TYPE acc = INIT;
    if (o < end) {
      // Several accumulators, so that several terms are on their way from memory.
      TYPE ahead[AHEAD];
#pragma unroll
      for (int j = 0; j < AHEAD; j++) {
        ahead[j] = INIT;
      }
      int r = lane;
      for (; r + SHARE * (AHEAD - 1) < length; r += SHARE * AHEAD) {
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
          const TYPE term = TERM_1(0, o, 0, r + j * SHARE);
          ahead[j] = COMBINE(ahead[j], term);
        }
      }
      for (; r < length; r += SHARE) {
        const TYPE term = TERM_1(0, o, 0, r);
        acc = COMBINE(acc, term);
      }
#pragma unroll
      for (int j = 0; j < AHEAD; j++) {
        acc = COMBINE(acc, ahead[j]);
      }
    }
    shared[item] = acc;
    for (int apart = SHARE / 2; apart > 0; apart /= 2) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (lane < apart) {
        shared[item] = COMBINE(shared[item], shared[item + apart]);
      }
    }
    if (lane == 0 && o < end) {
      WRITE_1(0, o, shared[item]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}

#if STAGE
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int length, local long* scratch) {
  JOIN(KERNEL, _shared)(ARGUMENTS, begin, end, GROUP / SHARE, length, (local TYPE*) scratch);
}
#else
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void KERNEL(PARAMETERS, const int count, const int length) {
  local TYPE shared[GROUP];
  JOIN(KERNEL, _shared)(ARGUMENTS, get_group_id(0) * (GROUP / SHARE), count, get_num_groups(0) * (GROUP / SHARE), length, shared);
}
#endif
#elif !CPU
static void JOIN(KERNEL, _alone)(PARAMETERS, const int first, const int end, const int stride, const int length) {
  for (int o = first; o < end; o += stride) {
    TYPE acc = INIT;
    for (int r = 0; r < length; r++) {
      const TYPE term = TERM_1(0, o, 0, r);
      acc = COMBINE(acc, term);
    }
    WRITE_1(0, o, acc);
  }
}

#if STAGE
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int length, local long* scratch) {
  JOIN(KERNEL, _alone)(ARGUMENTS, begin + get_local_id(0), end, get_local_size(0), length);
}
#else
kernel void KERNEL(PARAMETERS, const int count, const int length) {
  JOIN(KERNEL, _alone)(ARGUMENTS, get_global_id(0), count, get_global_size(0), length);
}
#endif
#endif
#undef VECTOR
#undef HALF_VECTOR
#undef FIRST
#undef BEGUN
#undef WAIT
