/* in_parts.c - a feed decided by several engines, each over some of the accounts, that are now and
 * then told how late it is.
 *
 *   in_parts TREATY FEED PARTS SEED
 *
 * Prints the decisions as `treaty run --format json` does; whoever runs it compares them. Time is
 * let pass at random between two events of different times, and each engine hashes with a seed of
 * its own: neither may be seen. Accounts that are ever merged go to one engine. Where teams take
 * turns, something is owed by the month, or an event does not name its account, there is one
 * engine, whatever PARTS says. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "engine/program.h"
#include "merging.h"
#include "runtime/buffer.h"
#include "runtime/decision_json.h"
#include "runtime/event_decode.h"
#include "runtime/treaty_file.h"
#include "runtime/wall_clock.h"

typedef struct feed {
  const treaty_program *program;
  buffer text;
  size_t *lines; /* where each begins; one more, behind the last */
  size_t count;
  treaty_text *merged; /* accounts that are ever merged */
  size_t merged_count;
  bool unbound; /* some event does not name its account */
} feed;

/* An engine, and a decoder that gives it its events again. */
typedef struct part {
  const feed *feed;
  event_decoder *again;
  treaty_event event;
  treaty_engine *engine;
} part;

typedef struct offer_id {
  int part;
  uint64_t seq;
  uint32_t n, printed_n; /* as the engine numbers it, and as it is printed */
} offer_id;

/* The scout takes each event first, and tells whether it is accepted: else it moves no clock. */
typedef struct parts {
  part scout;
  part items[MERGING_PARTS_MAX];
  treaty_engine *engines[MERGING_PARTS_MAX];
  int count;
  int64_t clock_ms;
  uint64_t seq; /* of the decision printed last, and how many carried it */
  uint32_t n;
  offer_id *offers;
  size_t offer_count;
  buffer out;
} parts;

/* ---- The feed -------------------------------------------------------------------------------- */

static void read_feed(feed *feed, const char *path) {
  char bytes[1 << 16];
  FILE *file = fopen(path, "rb");
  assert(file);
  for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
    buffer_put(&feed->text, bytes, got);
  fclose(file);
  for (size_t i = 0; i < feed->text.length; i++) feed->count += feed->text.bytes[i] == '\n';
  feed->lines = room_grow(NULL, feed->count + 1, sizeof *feed->lines);
  size_t at = 0;
  feed->lines[0] = 0;
  for (size_t i = 0; i < feed->text.length; i++)
    if (feed->text.bytes[i] == '\n') feed->lines[++at] = i + 1;
  memset(bytes, 0, EVENT_DECODE_SPARE_BYTES);
  buffer_put(&feed->text, bytes, EVENT_DECODE_SPARE_BYTES);
}

/* False: the line is refused. */
static bool read_line(const feed *feed, event_decoder *decoder, size_t number,
                      treaty_event *event) {
  treaty_refusal refusal;
  size_t begin = feed->lines[number], length = feed->lines[number + 1] - begin - 1;
  if (!event_decode(decoder, feed->program, feed->text.bytes + begin, length, event, &refusal))
    return false;
  event->place = number;
  return true;
}

static bool event_again(void *context, uint64_t place, const treaty_event **event) {
  part *part = context;
  *event = &part->event;
  return read_line(part->feed, part->again, place, &part->event);
}

/* ---- Which engine ---------------------------------------------------------------------------- */

static bool is_merged(const feed *feed, treaty_text account) {
  for (size_t i = 0; i < feed->merged_count; i++)
    if (bytes_same(feed->merged[i], account)) return true;
  return false;
}

static void note_merged(feed *feed, treaty_text account) {
  if (!account.bytes || is_merged(feed, account)) return;
  char *copy = room_grow(NULL, account.length + 1, 1);
  memcpy(copy, account.bytes, account.length);
  feed->merged = room_grow(feed->merged, feed->merged_count + 1, sizeof *feed->merged);
  feed->merged[feed->merged_count++] = (treaty_text){copy, account.length};
}

static void look_ahead(feed *feed, event_decoder *decoder) {
  treaty_event event;
  for (size_t i = 0; i < feed->count; i++) {
    if (!read_line(feed, decoder, i, &event)) continue;
    if (!event.account.bytes) feed->unbound = true;
    if (strcmp(event.type->name, "identity.merged") != 0) continue;
    note_merged(feed, event.account);
    for (uint32_t k = 0; k < event.type->field_count; k++) note_merged(feed, event.values[k].text);
  }
}

static int part_of(const feed *feed, treaty_text account, int count) {
  unsigned hash = 0;
  if (count == 1 || is_merged(feed, account)) return 0;
  for (size_t i = 0; i < account.length; i++) hash = hash * 31 + (unsigned char)account.bytes[i];
  return (int)(hash % (unsigned)count);
}

/* ---- Deciding -------------------------------------------------------------------------------- */

/* An answer names its offer by the id that the offer was printed with. */
static void number(parts *parts, int part, treaty_decision *decision) {
  if (decision->seq != parts->seq) parts->n = 0;
  parts->seq = decision->seq;
  offer_id offer = {part, decision->seq, decision->n, ++parts->n};
  decision->n = parts->n;
  if (decision->kind == TREATY_HANDOVER_OFFERED) {
    parts->offers = room_grow(parts->offers, parts->offer_count + 1, sizeof offer);
    parts->offers[parts->offer_count++] = offer;
  }
  for (size_t i = 0; i < parts->offer_count && decision->offer_seq > 0; i++) {
    offer = parts->offers[i];
    if (offer.part != part || offer.seq != decision->offer_seq || offer.n != decision->offer_n)
      continue;
    decision->offer_n = offer.printed_n;
    break;
  }
}

static void print_decisions(parts *parts) {
  merging merging;
  merging_begin(&merging, parts->engines, parts->count);
  for (const treaty_decision *next; (next = merging_next(&merging));) {
    treaty_decision numbered = *next;
    number(parts, merging.latest, &numbered);
    decision_json(&parts->out, &numbered);
    buffer_put(&parts->out, "\n", 1);
  }
}

static void let_time_pass(parts *parts, int64_t event_ms, dice *dice) {
  if (parts->clock_ms == INT64_MIN || dice_one_in(dice, 2)) return;
  int64_t room_ms = event_ms - 1 - parts->clock_ms;
  if (room_ms <= 0) return;
  parts->clock_ms += 1 + (int64_t)(dice_next(dice) % (uint64_t)room_ms);
  for (int p = 0; p < parts->count; p++)
    if (treaty_engine_advance(parts->engines[p], parts->clock_ms) != TREATY_OK) abort();
  print_decisions(parts);
}

static bool is_accepted(parts *parts, const treaty_event *event) {
  treaty_refusal refusal;
  treaty_status status = treaty_engine_event(parts->scout.engine, event, event->time_ms, &refusal);
  if (status != TREATY_OK && status != TREATY_REPEATED && status != TREATY_REFUSED) abort();
  return status == TREATY_OK;
}

static void take(parts *parts, const treaty_event *event, int mine) {
  treaty_refusal refusal;
  if (event->time_ms > parts->clock_ms) parts->clock_ms = event->time_ms;
  if (treaty_engine_event(parts->engines[mine], event, parts->clock_ms, &refusal) != TREATY_OK)
    abort();
  for (int p = 0; p < parts->count; p++)
    if (p != mine && treaty_engine_pass(parts->engines[p], parts->clock_ms) != TREATY_OK) abort();
  print_decisions(parts);
}

static void open_part(part *part, const feed *feed, dice *dice) {
  part->feed = feed;
  part->again = event_decoder_new(EVENT_DECODE_LINE_BYTES_DEFAULT);
  treaty_engine_options options = {.hash_seed = {dice_next(dice), dice_next(dice)},
                                   .future_skew_ms = -1,
                                   .history = {event_again, part}};
  if (!part->again || treaty_engine_new(feed->program, &options, &part->engine) != TREATY_OK)
    abort();
}

static void open_parts(parts *parts, const feed *feed, dice *dice) {
  open_part(&parts->scout, feed, dice);
  for (int p = 0; p < parts->count; p++) {
    open_part(&parts->items[p], feed, dice);
    parts->engines[p] = parts->items[p].engine;
  }
}

static void close_part(part *part) {
  treaty_engine_free(part->engine);
  event_decoder_free(part->again);
}

static void close_parts(parts *parts) {
  for (int p = 0; p < parts->count; p++) close_part(&parts->items[p]);
  close_part(&parts->scout);
  buffer_free(&parts->out);
  free(parts->offers);
}

static void decide(feed *feed, int count, uint64_t seed) {
  dice dice = {.state = seed};
  event_decoder *decoder = event_decoder_new(EVENT_DECODE_LINE_BYTES_DEFAULT);
  if (!decoder) abort();
  look_ahead(feed, decoder);
  if (feed->unbound || feed->program->team_count + feed->program->quota_count > 0) count = 1;
  parts parts = {.count = count, .clock_ms = INT64_MIN};
  open_parts(&parts, feed, &dice);
  treaty_event event;
  treaty_refusal refusal;
  int64_t now_ms = INT64_MIN;
  for (size_t i = 0; i < feed->count; i++) {
    if (!read_line(feed, decoder, i, &event)) continue;
    if (wall_clock_refuses(&now_ms, event.time_ms, &refusal)) continue;
    if (!is_accepted(&parts, &event)) continue;
    let_time_pass(&parts, event.time_ms, &dice);
    take(&parts, &event, part_of(feed, event.account, count));
  }
  if (parts.out.length > 0) fwrite(parts.out.bytes, 1, parts.out.length, stdout);
  close_parts(&parts);
  event_decoder_free(decoder);
}

int main(int argc, char **argv) {
  treaty_file file;
  if (argc != 5) {
    fprintf(stderr, "usage: in_parts TREATY FEED PARTS SEED\n");
    return 2;
  }
  int count = atoi(argv[3]);
  if (count < 1 || count > MERGING_PARTS_MAX) return 2;
  int exit_code = treaty_file_load(argv[1], &file);
  if (exit_code == 0) {
    feed feed = {.program = file.program};
    read_feed(&feed, argv[2]);
    decide(&feed, count, strtoull(argv[4], NULL, 10));
    buffer_free(&feed.text);
    for (size_t i = 0; i < feed.merged_count; i++) free((char *)feed.merged[i].bytes);
    free(feed.merged);
    free(feed.lines);
  }
  treaty_file_close(&file);
  return exit_code;
}
