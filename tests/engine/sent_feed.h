/* sent_feed.h - an engine and the events that it is sent, one after the other: for tests of many.
 */
#ifndef SENT_FEED_H
#define SENT_FEED_H

#include "tests/engine/in_memory.h"

#define NINE   INT64_C(1772442000000) /* 2026-03-02 09:00 UTC */
#define MINUTE INT64_C(60000)

typedef struct feed {
  const treaty_program *program;
  treaty_engine *engine;
  uint32_t sent;
  int64_t clock_ms;
} feed;

static inline feed open_feed(const treaty_program *program) {
  feed made = {.program = program, .clock_ms = NINE};
  assert_int_equal(treaty_engine_new(program, NULL, &made.engine), TREATY_OK);
  return made;
}

/* At the feed's clock; `value` is the first field's where it has one; negative: absent. */
static inline void send(feed *feed, const char *type, const char *account, const char *person,
                        const char *lead, int64_t value) {
  sent_event sent;
  treaty_refusal refusal;
  prepare_event(&sent, feed->program, type, ++feed->sent, account, feed->clock_ms);
  sent.event.person = text_of(person);
  sent.event.lead = text_of(lead);
  if (value >= 0) set_integer(&sent, 0, value * 1000000);
  assert_int_equal(treaty_engine_event(feed->engine, &sent.event, feed->clock_ms, &refusal),
                   TREATY_OK);
}

#endif
