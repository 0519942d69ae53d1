// probe.cl: what a device can do at most, to choose and judge kernels by.
//
//   launch   nothing at all: what queueing a kernel costs
//   copy     y = x: memory bandwidth, reading and writing
//   sum      a sum of x: memory bandwidth, reading only
//   peak     multiply-adds in registers only: the floating-point rate
//
// V            float or a float vector of the device's native width       (default float)
// LANES        floats in a V                                               (default 1)
// INTERLEAVED  defined: neighbouring work-items read neighbouring vectors, as a GPU's memory likes it;
//              not defined: a work-item walks through a contiguous piece, as a CPU's does
//
// In copy and sum a work-item takes count vectors: buffers hold global size × count of them.

#ifndef V
#define V float
#define LANES 1
#endif

#ifdef INTERLEAVED
#define FIRST (get_global_id(0))
#define STEP (get_global_size(0))
#define APART STEP
#define ROUND (4 * STEP)
#else
#define FIRST (get_global_id(0) * (size_t) count)
#define STEP 1
#define APART (count / 4)
#define ROUND 1
#endif

kernel void launch(global float *unused) {
}

kernel void copy(global const V *restrict x, global V *restrict y, const int count) {
    size_t at = FIRST;
    for (int i = 0; i < count; i++, at += STEP) {
        y[at] = x[at];
    }
}

// Four sums, so that additions do not wait for each other, on a CPU of four places, as memory gives a core more from several at
// once; count is a multiple of 4.
kernel void sum(global const V *restrict x, global V *restrict sums, const int count) {
    V a = (V) 0, b = (V) 0, c = (V) 0, d = (V) 0;
    size_t at = FIRST;
    for (int i = 0; i < count; i += 4, at += ROUND) {
        a += x[at];
        b += x[at + APART];
        c += x[at + 2 * APART];
        d += x[at + 3 * APART];
    }
    sums[get_global_id(0)] = (a + b) + (c + d);
}

// Twelve chains of multiply-adds in registers, as many as hide their latency; 24 · LANES operations a round.
kernel void peak(global V *results, const int rounds, const float scale) {
    const V m = (V) scale, n = (V) (1.0f - scale);
    V a = (V) (float) get_global_id(0), b = a + 1, c = a + 2, d = a + 3, e = a + 4, f = a + 5;
    V g = a + 6, h = a + 7, i = a + 8, j = a + 9, k = a + 10, l = a + 11;
    for (int r = 0; r < rounds; r++) {
        a = mad(a, m, n);
        b = mad(b, m, n);
        c = mad(c, m, n);
        d = mad(d, m, n);
        e = mad(e, m, n);
        f = mad(f, m, n);
        g = mad(g, m, n);
        h = mad(h, m, n);
        i = mad(i, m, n);
        j = mad(j, m, n);
        k = mad(k, m, n);
        l = mad(l, m, n);
    }
    results[get_global_id(0)] = a + b + c + d + e + f + g + h + i + j + k + l;
}
