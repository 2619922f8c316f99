/* One clock for all programs of the bench: CLOCK_MONOTONIC, which is also what Stopwatch counts on Linux. */
#ifndef WHIRR_BENCH_CLOCK_H
#define WHIRR_BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
