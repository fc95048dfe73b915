/* wall_clock.h - the machine's clock, and what it knows of events: what is later than now has not
 * happened, whoever's time passes. One event of the year 2999 would let every deadline pass. */
#ifndef WALL_CLOCK_H
#define WALL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "include/treaty.h"

/* Clocks of senders run ahead of ours by so much and are believed. */
#define WALL_CLOCK_SKEW_MS INT64_C(300000)

int64_t wall_clock_ms(void);

/* Whether an event of that time cannot have happened yet; then `refusal` says so. *now_ms is when
 * the clock was last looked at, INT64_MIN at first: it is asked only when that settles nothing. */
bool wall_clock_refuses(int64_t *now_ms, int64_t time_ms, treaty_refusal *refusal);

#endif
