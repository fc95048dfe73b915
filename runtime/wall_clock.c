/* wall_clock.c - see wall_clock.h. */
#include "runtime/wall_clock.h"

#include <stdio.h>
#include <time.h>

#include "grammar/civil.h"

int64_t wall_clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool wall_clock_refuses(int64_t *now_ms, int64_t time_ms, treaty_refusal *refusal) {
  if (time_ms - WALL_CLOCK_SKEW_MS <= *now_ms) return false;
  *now_ms = wall_clock_ms();
  if (time_ms - WALL_CLOCK_SKEW_MS <= *now_ms) return false;
  char time[TR_TIME_TEXT_BYTES], now[TR_TIME_TEXT_BYTES];
  tr_format_instant(time_ms, time);
  tr_format_instant(*now_ms, now);
  refusal->code = TREATY_FUTURE_TIME;
  snprintf(refusal->reason, sizeof refusal->reason,
           "its time %s is more than %d minutes later than now, %s", time,
           (int)(WALL_CLOCK_SKEW_MS / TR_MINUTE_MS), now);
  return true;
}
