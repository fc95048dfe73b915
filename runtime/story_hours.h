/* story_hours.h - the hours of a deadline as they counted: those of its calendar, but for the
 * pauses in which its clock stood still.
 *
 *     calendar   |--open--|  closed  |--open--|  closed  |--open--|
 *     pauses             ~~~~~~~~~~~~~~~~~
 *     told       |counted|      paused       |counted|skipped|counted|
 */
#ifndef STORY_HOURS_H
#define STORY_HOURS_H

#include "runtime/story.h"

/* Which clock: of an offer or of something owed, by its lead, its clause and its start. */
typedef struct story_clock {
  treaty_text lead;
  const char *file;
  uint32_t line;
  int64_t started_ms;
} story_clock;

story_clock story_clock_of(const treaty_decision *decision);
/* Of a lead with an open offer; borrowed from it. */
story_clock story_clock_of_offer(const treaty_lead *lead);

/* The hours of the decision's clock as its calendar has them, until an instant; the engine's. */
const treaty_stretch *story_calendar(const story *story, treaty_engine *engine,
                                     const treaty_decision *decision, int64_t to_ms, size_t *count);

/* To be freed. Pauses are those that the story tells; each is one stretch. */
treaty_stretch *story_hours(const story *story, story_clock clock, const treaty_stretch *hours,
                            size_t *count);

#endif
