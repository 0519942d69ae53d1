// Sums, products and extremes: element o of the result combines length terms.
//
//   ACROSS: lanes lie side by side in the result           ALONG: lanes lie side by side in the sum
//        o o+1 o+2 o+3                                          r r+1 r+2 r+3
//    r   |   |   |   |    AHEAD vectors at once,            o   ----------->  one vector, whose lanes
//   r+1  v   v   v   v    each with its accumulator                           are combined at the end (AHEAD of them too)
//
// On a GPU a work-item takes results in turn, neighbours side by side; or SHARE work-items take a result together, neighbours
// side by side in the sum, and combine what each has in local memory, halves at a time:
//
//    o    0 1 2 3 0 1 2 3 0 ..        0 1 2 3  ->  0+2 1+3  ->  0+2+1+3
//
// The order of the additions depends on the shapes and the parameters alone.
// Holes:  TERM_V(o, r), TERM_1(o, r) give terms; WRITE_V(o, acc), WRITE_1(o, acc) take the result; COMBINE(a, x) joins
// two values; INIT is the value of an empty one.
// Parameters:  VW, lanes of a vector; REST, 1 if vectors, AHEAD of them, leave scalars over; AHEAD, vectors at once; ALONG, 1
// for that layout; CPU, 1 on a CPU; TYPE, the type of the accumulator; SHARE, a power of two, and GROUP, the work-items of a
// group, on a GPU; STAGE, 1 in a chain (chain.cl), which calls the function for a range of results.
#ifndef KERNEL
#define KERNEL reduce
#define PARAMETERS global const float* x, global float* y
#define ARGUMENTS x, y
#define VW 4
#define REST 1
#define AHEAD 1
#define ALONG 0
#define CPU 1
#define SHARE 1
#define GROUP 64
#define TYPE float
#define INIT 0
#define COMBINE(a, x) ((a) + (x))
#define TERM_V(o, r) vload4(0, x + r * 64 + o)
#define TERM_1(o, r) x[r * 64 + o]
#define WRITE_V(o, acc) vstore4(acc, 0, y + o)
#define WRITE_1(o, acc) y[o] = acc
#endif

#if VW > 1
#define VECTOR JOIN(TYPE, VW)
#else
#define VECTOR TYPE
#endif

#if CPU && ALONG && VW > 1
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int length) {
  for (int o = begin; o < end; o++) {
    union { VECTOR all; TYPE lane[VW]; } acc;
    int r = 0;
#if AHEAD > 1
    // Several accumulators, so that no addition waits for the one before.
    VECTOR ahead[AHEAD];
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
      ahead[j] = (VECTOR)(INIT);
    }
    for (; r + VW * AHEAD <= length; r += VW * AHEAD) {
#pragma unroll
      for (int j = 0; j < AHEAD; j++) {
        const VECTOR term = TERM_V(o, r + j * VW);
        ahead[j] = COMBINE(ahead[j], term);
      }
    }
    acc.all = ahead[0];
#pragma unroll
    for (int j = 1; j < AHEAD; j++) {
      acc.all = COMBINE(acc.all, ahead[j]);
    }
#else
    acc.all = (VECTOR)(INIT);
#endif
    for (; r + VW <= length; r += VW) {
      const VECTOR term = TERM_V(o, r);
      acc.all = COMBINE(acc.all, term);
    }
    TYPE total = acc.lane[0];
    for (int l = 1; l < VW; l++) {
      total = COMBINE(total, acc.lane[l]);
    }
#if REST
    for (; r < length; r++) {
      const TYPE term = TERM_1(o, r);
      total = COMBINE(total, term);
    }
#endif
    WRITE_1(o, total);
  }
}
#elif CPU
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int length) {
  int o = begin;
#if VW > 1
  for (; o + VW * AHEAD <= end; o += VW * AHEAD) {
    VECTOR acc[AHEAD];
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
      acc[j] = (VECTOR)(INIT);
    }
    for (int r = 0; r < length; r++) {
#pragma unroll
      for (int j = 0; j < AHEAD; j++) {
        const VECTOR term = TERM_V(o + j * VW, r);
        acc[j] = COMBINE(acc[j], term);
      }
    }
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
      WRITE_V(o + j * VW, acc[j]);
    }
  }
#endif
#if REST
  for (; o < end; o++) {
    TYPE acc = INIT;
    for (int r = 0; r < length; r++) {
      const TYPE term = TERM_1(o, r);
      acc = COMBINE(acc, term);
    }
    WRITE_1(o, acc);
  }
#endif
}
#endif

#if CPU && !STAGE
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int count, const int length, const int block) {
  const int begin = get_global_id(0) * block;
  JOIN(KERNEL, _range)(ARGUMENTS, begin, min(begin + block, count), length);
}
#elif !CPU && SHARE > 1
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void KERNEL(PARAMETERS, const int count, const int length) {
  local TYPE shared[GROUP];
  const int item = get_local_id(0);
  const int lane = item % SHARE;
  // All of a group go round together, as barriers have to be reached by all.
  for (int first = get_group_id(0) * (GROUP / SHARE); first < count; first += get_num_groups(0) * (GROUP / SHARE)) {
    const int o = first + item / SHARE;
    TYPE acc = INIT;
    if (o < count) {
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
          const TYPE term = TERM_1(o, r + j * SHARE);
          ahead[j] = COMBINE(ahead[j], term);
        }
      }
      for (; r < length; r += SHARE) {
        const TYPE term = TERM_1(o, r);
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
    if (lane == 0 && o < count) {
      WRITE_1(o, shared[item]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}
#elif !CPU
kernel void KERNEL(PARAMETERS, const int count, const int length) {
  for (int o = get_global_id(0); o < count; o += get_global_size(0)) {
    TYPE acc = INIT;
    for (int r = 0; r < length; r++) {
      const TYPE term = TERM_1(o, r);
      acc = COMBINE(acc, term);
    }
    WRITE_1(o, acc);
  }
}
#endif
#undef VECTOR
