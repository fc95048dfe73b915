/* event.c - target: the lines of a feed. Each is decoded twice, once amid other bytes, and must
 * come out the same; what is accepted goes through an engine, which may ask for it again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/event_decode.h"
#include "tests/fuzz/play.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/world.h"

#define LINE_BYTES_MAX 4096
#define CLOCK_MS       INT64_C(1798761600000) /* 2027-01-01 */

/* A field of each kind that a rule reads, one that none reads, and the events about identities. */
static const char treaty[] =
    "use \"std/events\"\n"
    "party marketing\n"
    "party sales\n"
    "type size as scale (small < large)\n"
    "event ask by buyer {\n"
    "  t text, n number, w whole number, f flag, d date, at time, v duration, m money in EUR,\n"
    "  y money in JPY, k one of (a, b), s size, roles set of (x, y), tags list of text, who rep,\n"
    "  \"utm-x\" as utm text, unread whole number\n"
    "}\n"
    "event taken by sales\n"
    "lead {\n"
    "  t text, n number, w whole number, f flag, d date, at time, v duration, m money in EUR,\n"
    "  y money in JPY, k one of (a, b), s size, roles set of (x, y), tags list of text, who rep\n"
    "}\n"
    "account { utm text }\n"
    "on ask {\n"
    "  set lead.t to event.t  set lead.n to event.n  set lead.w to event.w  set lead.f to event.f\n"
    "  set lead.d to event.d  set lead.at to event.at  set lead.v to event.v\n"
    "  set lead.m to event.m  set lead.y to event.y  set lead.k to event.k  set lead.s to event.s\n"
    "  set lead.roles to event.roles  set lead.tags to event.tags  set lead.who to event.who\n"
    "  set account.utm to event.utm\n"
    "}\n"
    "signal asked on ask where n >= 2\n"
    "score interest of account { on ask add 10, at most 20 in 1 day }\n"
    "criterion texts   met when lead.t = \"x\" and lead.tags has \"new\" and account.utm = "
    "\"mail\"\n"
    "criterion numbers met when lead.n >= 2.5 and lead.w = 4 and lead.m >= 10.05 EUR\n"
    "                       and lead.y < 7 JPY and lead.v = 90 minutes\n"
    "criterion times   met when lead.d = 2026-04-01 and lead.at >= 2026-03-12 08:00\n"
    "criterion values  met when lead.f and lead.k = b and lead.s >= large and lead.roles has x\n"
    "stages {\n"
    "  new  owned by marketing, opened by (ask)\n"
    "  good owned by marketing\n"
    "  done owned by sales, won\n"
    "}\n"
    "agreement \"A\" version 1 between marketing and sales in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  promote new to good when interest >= 20 or count of asked in last 30 days >= 1\n"
    "                        or (texts and numbers and times and values)\n"
    "  hand good from marketing to sales\n"
    "    accepted by taken to done\n"
    "    respond within 4 hours around the clock { at 50% remind sales  at 100% return to new }\n"
    "  move new to done after 60 days\n"
    "}\n";

static treaty_program *the_program(void) {
  static treaty_program *program;
  world world = {.main = world_text(treaty)};
  if (!program) program = world_load(&world);
  assert(program);
  return program;
}

static bool same_text(treaty_text a, treaty_text b) {
  return a.length == b.length && !a.bytes == !b.bytes &&
         (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static bool same_value(const treaty_value *a, const treaty_value *b) {
  bool same = a->present == b->present && a->integer == b->integer &&
              a->text_count == b->text_count && same_text(a->text, b->text);
  for (size_t i = 0; same && i < a->text_count; i++) same = same_text(a->texts[i], b->texts[i]);
  return same;
}

static void assert_same(const treaty_event *a, const treaty_event *b) {
  assert(a->type == b->type && a->time_ms == b->time_ms && a->content_hash == b->content_hash);
  assert(same_text(a->source, b->source) && same_text(a->id, b->id));
  assert(same_text(a->account, b->account) && same_text(a->person, b->person));
  assert(same_text(a->lead, b->lead));
  for (uint32_t i = 0; i < a->type->field_count; i++)
    assert(same_value(&a->values[i], &b->values[i]));
}

/* A line in a room of its own, with the spare bytes behind it and not one more. */
static char *put_in_room(const char *line, size_t length, int spare) {
  char *room = malloc(length + EVENT_DECODE_SPARE_BYTES);
  assert(room);
  if (length > 0) memcpy(room, line, length);
  memset(room + length, spare, EVENT_DECODE_SPARE_BYTES);
  return room;
}

static void take_line(event_decoder *decoders[2], play *play, const char *line, size_t length) {
  treaty_event events[2];
  treaty_refusal refusals[2];
  bool taken[2];
  char *rooms[2] = {put_in_room(line, length, 0), put_in_room(line, length, '"')};
  for (int i = 0; i < 2; i++)
    taken[i] = event_decode(decoders[i], the_program(), rooms[i], length, &events[i], &refusals[i]);
  assert(taken[0] == taken[1]);
  if (taken[0]) {
    assert_same(&events[0], &events[1]);
    play_send(play, &events[0], CLOCK_MS);
  } else {
    assert(refusals[0].code == refusals[1].code);
    assert(strcmp(refusals[0].reason, refusals[1].reason) == 0 && refusals[0].reason[0]);
  }
  free(rooms[0]);
  free(rooms[1]);
}

void fuzz_event(const uint8_t *bytes, size_t length) {
  const char *at = (const char *)bytes, *end = at + length;
  event_decoder *decoders[2] = {event_decoder_new(LINE_BYTES_MAX),
                                event_decoder_new(LINE_BYTES_MAX)};
  play *play = play_new(the_program(), 0);
  while (at < end) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end) line_end = end;
    take_line(decoders, play, at, (size_t)(line_end - at));
    at = line_end + 1;
  }
  play_look(play, (treaty_text){"acme", 4});
  play_advance(play, CLOCK_MS + INT64_C(100) * 86400000);
  play_look(play, (treaty_text){"acme", 4});
  play_free(play);
  event_decoder_free(decoders[0]);
  event_decoder_free(decoders[1]);
}
