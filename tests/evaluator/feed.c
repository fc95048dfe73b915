/* feed.c - see feed.h. */
#include "feed.h"

#include <stdio.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)
#define BEGIN_MS  INT64_C(1772442000000) /* 2026-03-02T09:00Z */

static treaty_text text_of(const char *text) {
  return (treaty_text){.bytes = text, .length = strlen(text)};
}

static void fill_event(feed_event *one, int number, int accounts, dice *dice) {
  one->account_number = dice_roll(dice, accounts);
  snprintf(one->id, sizeof one->id, "e%d", number);
  snprintf(one->account, sizeof one->account, "a%d", one->account_number);
  snprintf(one->person, sizeof one->person, "p%d", dice_roll(dice, 3));
  one->event = (treaty_event){.source = text_of("/s"),
                              .id = text_of(one->id),
                              .account = text_of(one->account),
                              .person = text_of(one->person),
                              .place = (uint64_t)number,
                              .content_hash = (uint64_t)number,
                              .values = one->values};
}

void feed_fill(feed_event *feed, int count, int accounts, dice *dice,
               const treaty_program *program) {
  int64_t at_ms = BEGIN_MS;
  for (int i = 0; i < count; i++) {
    feed_event *one = &feed[i];
    const char *type = rules_events[dice_roll(dice, RULES_EVENTS)];
    memset(one, 0, sizeof *one);
    at_ms += dice_roll(dice, 3) * dice_roll(dice, 20) * MINUTE_MS;
    fill_event(one, i, accounts, dice);
    one->event.type = treaty_program_event_type(program, type, strlen(type));
    one->event.time_ms = at_ms - (dice_one_in(dice, 5) ? dice_roll(dice, 300) * MINUTE_MS : 0);
    for (int k = 0; k < RULES_FIELDS; k++) {
      if (!dice_one_in(dice, 4)) one->values[k] = rules_value(k, dice_roll(dice, rules_values[k]));
    }
  }
}

static bool event_again(void *context, uint64_t place, const treaty_event **event) {
  *event = &((feed_event *)context)[place].event;
  return true;
}

treaty_history feed_history(feed_event *feed) {
  return (treaty_history){.event = event_again, .context = feed};
}
