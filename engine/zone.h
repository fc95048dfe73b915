/* zone.h - the clock on a wall somewhere: which offset from UTC was, is and will be in force.
 *
 * A zone is made from the bytes of a TZif file (RFC 9636), which are handed in: who seals a program
 * seals them with it. It lives in its arena, never changes, and remembers nothing between
 * questions.
 *
 *     wall          /|                /
 *     clock   3:00 / |  /            /      In the fold, 2:00 to 3:00 is shown twice;
 *             2:00/  | /       3:00 |       in the gap, it is never shown.
 *                /   |/        2:00/
 *                   fold          / gap                                     UTC ->
 *
 * All instants and local times must lie within TR_TIME_MIN_MS and TR_TIME_MAX_MS, give or take four
 * days. */
#ifndef TR_ZONE_H
#define TR_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "grammar/memory.h"

typedef struct tr_zone tr_zone;

/* The stretch around an instant in which one offset is in force. */
typedef struct tr_zone_span {
  int64_t from_ms;   /* first instant of it; INT64_MIN where there is none before */
  int64_t until_ms;  /* first instant behind it: the next transition; INT64_MAX: there is none */
  int64_t offset_ms; /* local time less UTC */
} tr_zone_span;

/* A TZif file is a few kilobytes; none that is needed comes near this. Longer ones are refused. */
#define TR_ZONE_FILE_BYTES_MAX ((size_t)256 * 1024)

/* NULL, and why in `*why` (one sentence, static), when the bytes are no zone that can be relied on.
 * Any bytes are safe to pass. Name and bytes are copied where needed. */
const tr_zone *tr_zone_new(tr_arena *arena, const char *name, const uint8_t *bytes, size_t length,
                           const char **why);

/* UTC needs no file. */
const tr_zone *tr_zone_utc(tr_arena *arena);

const char *tr_zone_name(const tr_zone *zone);

tr_zone_span tr_zone_span_at(const tr_zone *zone, int64_t utc_ms);

/* Seconds east of UTC. */
int32_t tr_zone_offset_s(const tr_zone *zone, int64_t utc_ms);

/* TR_NEVER stays TR_NEVER. */
int64_t tr_zone_to_local(const tr_zone *zone, int64_t utc_ms);

/* What a person means who names a time of day (RFC 5545): in a gap the offset before it counts, so
 * that 2:30 becomes 3:30; of the two in a fold, the first. */
int64_t tr_zone_to_utc(const tr_zone *zone, int64_t local_ms);

/* The first instant at which the wall clock shows `local_ms` or a later time: in a gap, the
 * transition. Never decreases as local_ms grows, which tr_zone_to_utc does at the end of a gap.
 * `*span` is any span of this zone; it is used where it fits and replaced where not. For rising
 * times with one span that saves most searches (10 ns each). */
int64_t tr_zone_reach(const tr_zone *zone, int64_t local_ms, tr_zone_span *span);

/* `2026-11-06 14:00:00+01:00`, and `.250` before the offset where that is not zero; `…Z` in UTC or
 * without a zone; `never`. Gives the length; a NUL stands behind. */
#define TR_ZONE_TEXT_BYTES 48
size_t tr_zone_text(const tr_zone *zone, int64_t utc_ms, char text[TR_ZONE_TEXT_BYTES]);

/* The first instant of a date. */
int64_t tr_zone_day_start(const tr_zone *zone, int64_t days);

#endif
