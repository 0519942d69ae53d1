// The index of the first extreme of length terms, for each element o of the result; a NaN counts as the extreme.
//
// Lanes lie side by side in the result, each with its own best term and index. On a GPU SHARE work-items may take a result
// together, neighbours side by side in the terms, and compare what each has in local memory, as in reduce.cl.
// Holes:  TERM_V(q, c, s, r), TERM_1(q, c, s, r) give terms; WRITE_V(q, c, acc), WRITE_1(q, c, acc) take indices;
// BETTER(x, best) says whether a term takes over, as a comparison does. Rows of RUN results and rounds of STEPS terms are
// those of reduce.cl.
// Parameters:  VW, lanes of a vector; REST, 1 if vectors leave scalars over; CPU, 1 on a CPU; SHARE, a power of two, no more
// than terms, and GROUP, the work-items of a group, on a GPU; TYPE, the type of the terms; MASK, that of a comparison of
// vectors of them: int, or long if they have eight bytes; STAGE, 1 in fused rows (fused_rows.cl) on a CPU, which calls the function for a
// range of results.
#ifndef KERNEL
#define KERNEL arg
#define PARAMETERS global const float* x, global int* y
#define ARGUMENTS x, y
#define VW 4
#define REST 1
#define CPU 1
#define SHARE 1
#define GROUP 64
#define STAGE 0
#define TYPE float
#define MASK int
#define BETTER(x, best) ((x) > (best) || ((x) != (x) && (best) == (best)))
#define RUN 64
#define STEPS 8
#define TERM_V(q, c, s, r) vload4(0, x + ((s) * STEPS + r) * 64 + (q) * RUN + c)
#define TERM_1(q, c, s, r) x[((s) * STEPS + r) * 64 + (q) * RUN + c]
#define WRITE_V(q, c, acc) vstore4(acc, 0, y + (q) * RUN + c)
#define WRITE_1(q, c, acc) y[(q) * RUN + c] = acc
#endif

#if !CPU && SHARE > 1
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void KERNEL(PARAMETERS, const int count, const int length) {
  local TYPE terms[GROUP];
  local int indices[GROUP];
  const int item = get_local_id(0);
  const int lane = item % SHARE;
  // All of a group go round together, as barriers have to be reached by all.
  for (int first = get_group_id(0) * (GROUP / SHARE); first < count; first += get_num_groups(0) * (GROUP / SHARE)) {
    const int o = first + item / SHARE;
    if (o < count) {
      TYPE best = TERM_1(0, o, 0, lane);
      int index = lane;
      for (int r = lane + SHARE; r < length; r += SHARE) {
        const TYPE term = TERM_1(0, o, 0, r);
        if (BETTER(term, best)) {
          best = term;
          index = r;
        }
      }
      terms[item] = best;
      indices[item] = index;
    }
    for (int apart = SHARE / 2; apart > 0; apart /= 2) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (lane < apart && o < count) {
        const TYPE mine = terms[item];
        const TYPE other = terms[item + apart];
        // Of equals the first.
        if (BETTER(other, mine) || (!(BETTER(mine, other)) && indices[item + apart] < indices[item])) {
          terms[item] = other;
          indices[item] = indices[item + apart];
        }
      }
    }
    if (lane == 0 && o < count) {
      WRITE_1(0, o, indices[item]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}
#elif CPU
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, const int length) {
  int q = begin / RUN;
  int c = begin % RUN;
  for (int o = begin; o < end; q++) {
    const int c1 = min(RUN, c + end - o);
    o += c1 - c;
#if VW > 1
    for (; c + VW <= c1; c += VW) {
      JOIN(TYPE, VW) best = TERM_V(q, c, 0, 0);
      JOIN(int, VW) index = 0;
      for (int s = 0; s < length / STEPS; s++) {
        for (int r = s == 0 ? 1 : 0; r < STEPS; r++) {
          const JOIN(TYPE, VW) term = TERM_V(q, c, s, r);
          const JOIN(MASK, VW) better = BETTER(term, best);
          best = better ? term : best;
          index = JOIN(convert_int, VW)(better) ? (JOIN(int, VW))(s * STEPS + r) : index;
        }
      }
      WRITE_V(q, c, index);
    }
#endif
#if REST
    for (; c < c1; c++) {
      TYPE best = TERM_1(q, c, 0, 0);
      int index = 0;
      for (int s = 0; s < length / STEPS; s++) {
        for (int r = s == 0 ? 1 : 0; r < STEPS; r++) {
          const TYPE term = TERM_1(q, c, s, r);
          if (BETTER(term, best)) {
            best = term;
            index = s * STEPS + r;
          }
        }
      }
      WRITE_1(q, c, index);
    }
#endif
    c = 0;
  }
}

#if !STAGE
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int count, const int length, const int block) {
  const int begin = get_global_id(0) * block;
  JOIN(KERNEL, _range)(ARGUMENTS, begin, min(begin + block, count), length);
}
#endif
#else
kernel void KERNEL(PARAMETERS, const int count, const int length) {
  for (int o = get_global_id(0); o < count; o += get_global_size(0)) {
    TYPE best = TERM_1(0, o, 0, 0);
    int index = 0;
    for (int r = 1; r < length; r++) {
      const TYPE term = TERM_1(0, o, 0, r);
      if (BETTER(term, best)) {
        best = term;
        index = r;
      }
    }
    WRITE_1(0, o, index);
  }
}
#endif
