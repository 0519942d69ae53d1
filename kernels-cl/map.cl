// Elementwise work: elements that depend on no others.
//
//   CPU: a work-item takes a block of neighbours, VW at a time     |--------block--------|--------block--------|--
//        (of each part, where there are several)                   [VW][VW][VW]..[rest]
//   GPU: work-items take turns, those of a group in a chain        0 1 2 .. size-1 0 1 2 .. size-1 0 1 ..
//
// Holes:  MAP_V(i) computes and stores elements i to i + VW - 1, i a multiple of VW; MAP_1(i) element i.
// Parameters:  VW, lanes of a vector; REST, 1 if vectors leave scalars over; CPU, 1 on a CPU; STREAMS, 1 if results are stored past the
// caches; STAGE, 1 in a chain (chain.cl),
// which calls the function for a range of elements.
#ifndef KERNEL
#define KERNEL map
#define PARAMETERS global float* x
#define ARGUMENTS x
#define VW 4
#define REST 1
#define CPU 1
#define STREAMS 0
#define MAP_V(i) vstore4(vload4(0, x + i) + 1, 0, x + i)
#define MAP_1(i) x[i] = x[i] + 1
#endif

#if CPU
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end) {
  int i = begin;
#if VW > 1
#if STAGE
  // Two places by turns, so that what one waits for is computed for the other meanwhile.
  const int apart = (end - begin) / (2 * VW) * VW;
  for (; i < begin + apart; i += VW) {
    MAP_V(i);
    MAP_V(i + apart);
  }
  i += apart;
#endif
  for (; i + VW <= end; i += VW) {
    MAP_V(i);
  }
#endif
#if REST
  for (; i < end; i++) {
    MAP_1(i);
  }
#endif
}

#if !STAGE
// parts: of count elements each.
kernel ONE_WORK_ITEM void KERNEL(PARAMETERS, const int count, const int block, const int parts) {
  const int begin = get_global_id(0) * block;
  for (int p = 0; p < parts; p++) {
    JOIN(KERNEL, _range)(ARGUMENTS, p * count + begin, p * count + min(begin + block, count));
  }
#if STREAMS
  // Such stores are not in order with others.
  mem_fence(CLK_GLOBAL_MEM_FENCE);
#endif
}
#endif
#elif STAGE
static void JOIN(KERNEL, _range)(PARAMETERS, const int begin, const int end, local long* scratch) {
  for (int i = begin + get_local_id(0); i < end; i += get_local_size(0)) {
    MAP_1(i);
  }
}
#else
kernel void KERNEL(PARAMETERS, const int count) {
  for (int i = get_global_id(0); i < count; i += get_global_size(0)) {
    MAP_1(i);
  }
}
#endif
