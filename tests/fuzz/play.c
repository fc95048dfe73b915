/* play.c - see play.h. */
#include "tests/fuzz/play.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "grammar/memory.h"
#include "runtime/decision_json.h"
#include "runtime/decision_read.h"
#include "runtime/story.h"
#include "tests/evaluator/dice.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (1440 * MINUTE_MS)
#define BEGIN_MS  INT64_C(1772442000000) /* 2026-03-02T09:00Z */

struct play {
  const treaty_program *program;
  treaty_engine *engine;
  int64_t clock_ms;
  tr_memory memory;
  tr_arena arena;               /* of the copies */
  TR_LIST(treaty_event *) sent; /* by place */
  buffer decisions;
  story story;
};

static bool event_again(void *context, uint64_t place, const treaty_event **event) {
  const play *play = context;
  assert(place < play->sent.count);
  *event = play->sent.items[place];
  return true;
}

play *play_new(const treaty_program *program, uint64_t hash_seed) {
  play *play = calloc(1, sizeof *play);
  assert(play);
  play->program = program;
  tr_arena_init(&play->arena, &play->memory);
  story_init(&play->story, program, (treaty_text){"a", 1});
  treaty_engine_options options = {
      .hash_seed = {hash_seed, ~hash_seed},
      .future_skew_ms = 5 * MINUTE_MS,
      .keeps_points = hash_seed % 2 == 0,
      .history = {.event = event_again, .context = play},
  };
  treaty_status status = treaty_engine_new(program, &options, &play->engine);
  assert(status == TREATY_OK);
  return play;
}

void play_free(play *play) {
  treaty_engine_free(play->engine);
  story_free(&play->story);
  buffer_free(&play->decisions);
  tr_memory_close(&play->memory);
  free(play);
}

const buffer *play_decisions(const play *play) { return &play->decisions; }

/* ---- What is decided ------------------------------------------------------------------------- */

/* A decision that was written is read again as the same kind, about the same account. */
static void read_back(const treaty_decision *decision, treaty_text line) {
  decision_read read;
  store_position position;
  bool known = decision_read_line(&read, line);
  assert(known && read.decision.kind == decision->kind);
  assert(read.decision.account.length == decision->account.length);
  assert(decision_read_position(line, &position));
  assert(position.seq == decision->seq && position.n == decision->n);
  decision_read_close(&read);
}

static void take_decisions(play *play) {
  size_t count;
  buffer text = {0};
  const treaty_decision *decisions = treaty_engine_decisions(play->engine, &count);
  for (size_t i = 0; i < count; i++) {
    size_t begin = play->decisions.length;
    assert(decisions[i].time_ms <= play->clock_ms);
    decision_json(&play->decisions, &decisions[i]);
    read_back(&decisions[i],
              (treaty_text){play->decisions.bytes + begin, play->decisions.length - begin});
    buffer_put(&play->decisions, "\n", 1);
    decision_text(&text, play->program, &decisions[i]);
    story_add_decision(&play->story, &decisions[i]);
  }
  buffer_free(&text);
}

void play_advance(play *play, int64_t clock_ms) {
  if (clock_ms > play->clock_ms) play->clock_ms = clock_ms;
  treaty_status status = treaty_engine_advance(play->engine, clock_ms);
  assert(status == TREATY_OK);
  assert(treaty_engine_next_ms(play->engine) > play->clock_ms);
  take_decisions(play);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static treaty_text copy_text(play *play, treaty_text text) {
  if (text.bytes) text.bytes = tr_arena_copy(&play->arena, text.bytes, text.length);
  return text;
}

static treaty_value copy_value(play *play, treaty_value value) {
  value.text = copy_text(play, value.text);
  if (value.text_count == 0) return value;
  treaty_text *texts = TR_NEW_ARRAY(&play->arena, treaty_text, value.text_count);
  for (size_t i = 0; i < value.text_count; i++) texts[i] = copy_text(play, value.texts[i]);
  value.texts = texts;
  return value;
}

static treaty_event *copy_event(play *play, const treaty_event *event) {
  uint32_t count = event->type->field_count;
  treaty_value *values = TR_NEW_ARRAY(&play->arena, treaty_value, count + 1);
  for (uint32_t i = 0; i < count; i++) values[i] = copy_value(play, event->values[i]);
  treaty_event *copy = TR_NEW(&play->arena, treaty_event);
  *copy = *event;
  copy->source = copy_text(play, event->source);
  copy->id = copy_text(play, event->id);
  copy->account = copy_text(play, event->account);
  copy->person = copy_text(play, event->person);
  copy->lead = copy_text(play, event->lead);
  copy->values = values;
  copy->place = play->sent.count;
  return copy;
}

static void send_again(play *play, const treaty_event *event) {
  treaty_refusal refusal;
  uint64_t seq = treaty_engine_seq(play->engine);
  treaty_status status = treaty_engine_event(play->engine, event, play->clock_ms, &refusal);
  assert(status == TREATY_REPEATED && treaty_engine_seq(play->engine) == seq);
  take_decisions(play);
}

void play_send(play *play, const treaty_event *event, int64_t clock_ms) {
  treaty_refusal refusal;
  treaty_event *copy = copy_event(play, event);
  TR_PUSH(&play->arena, &play->sent, copy);
  if (clock_ms > play->clock_ms) play->clock_ms = clock_ms;
  treaty_engine_expect(play->engine, (const treaty_event *const *)&copy, 1);
  treaty_status status = treaty_engine_event(play->engine, copy, play->clock_ms, &refusal);
  assert(status == TREATY_OK || status == TREATY_REPEATED || status == TREATY_REFUSED);
  if (status == TREATY_REFUSED) assert(refusal.code != TREATY_NOT_REFUSED && refusal.reason[0]);
  if (status == TREATY_OK) story_add_event(&play->story, copy, treaty_engine_seq(play->engine));
  take_decisions(play);
  if (status == TREATY_OK) send_again(play, copy);
}

/* ---- Looking --------------------------------------------------------------------------------- */

static void visit_lead(void *context, const treaty_lead *lead) {
  size_t *count = context;
  assert(lead->stage && lead->account.bytes && lead->stage_since_ms >= lead->opened_ms);
  *count += 1;
}

void play_look(play *play, treaty_text account) {
  size_t leads = 0, count;
  buffer text = {0};
  treaty_engine_leads(play->engine, visit_lead, &leads);
  assert(leads == treaty_engine_counts(play->engine).leads);
  treaty_engine_account(play->engine, account, &count);
  assert(count <= leads);
  story_text(&play->story, play->engine, &text);
  story_json(&play->story, play->engine, &text);
  buffer_free(&text);
}

/* ---- By dice --------------------------------------------------------------------------------- */

/* Few names, so that they meet: an id stands beside an account's, as in event.voided. */
static treaty_text any_text(dice *dice) {
  static const char *const words[] = {"a", "b", "", "1", "2", "3", "/s", "demo", "DEMO", "größer"};
  const char *word = DICE_PICK(dice, words);
  return (treaty_text){word, strlen(word)};
}

static int64_t any_of(dice *dice, int64_t low, int64_t high, int64_t unit) {
  switch (dice_roll(dice, 8)) {
    case 0: return low;
    case 1: return high;
    case 2: return 0 < low ? low : 0;
    default: break;
  }
  int64_t roll = (dice_roll(dice, 300) - 30) * unit;
  return roll < low ? low : roll > high ? high : roll;
}

/* Of the kind's whole range, as event_decode gives it. */
static int64_t any_integer(dice *dice, const treaty_field *field) {
  const int64_t number_max = INT64_C(9200000000000) * 1000000;
  switch (field->kind) {
    case TREATY_NUMBER: return any_of(dice, -number_max, number_max, 500000);
    case TREATY_WHOLE: return any_of(dice, -number_max, number_max, 1000000);
    case TREATY_FLAG: return dice_roll(dice, 2);
    case TREATY_DATE:
      return any_of(dice, TR_TIME_MIN_MS / DAY_MS, TR_TIME_MAX_MS / DAY_MS, 1) + 20500;
    case TREATY_TIME: return BEGIN_MS + any_of(dice, -BEGIN_MS, 4 * BEGIN_MS, DAY_MS);
    case TREATY_DURATION: return any_of(dice, 0, TR_TIME_MAX_MS, 30 * MINUTE_MS);
    case TREATY_MONEY: return any_of(dice, -number_max, number_max, 10000);
    case TREATY_ONE_OF:
    case TREATY_SCALE: return dice_roll(dice, (int)field->value_count);
    case TREATY_SET:
      return (int64_t)(dice_next(dice) &
                       (field->value_count > 63 ? UINT64_MAX
                                                : (UINT64_C(1) << field->value_count) - 1));
    default: return 0;
  }
}

enum { TEXTS_MAX = 3 };

static treaty_value any_value(dice *dice, const treaty_field *field, treaty_text *texts) {
  treaty_value value = {.present = field->used && !dice_one_in(dice, 4)};
  if (!value.present) return value;
  if (field->kind == TREATY_TEXT || field->kind == TREATY_REP) {
    value.text = any_text(dice);
  } else if (field->kind == TREATY_TEXTS) {
    value.texts = texts;
    value.text_count = (size_t)dice_roll(dice, TEXTS_MAX + 1);
    for (size_t i = 0; i < value.text_count; i++) texts[i] = any_text(dice);
  } else {
    value.integer = any_integer(dice, field);
  }
  return value;
}

static treaty_text any_name(dice *dice, const char *names, int none_in) {
  if (dice_one_in(dice, none_in)) return (treaty_text){0};
  return (treaty_text){names + dice_roll(dice, (int)strlen(names)), 1};
}

static void send_by_dice(dice *dice, play *plays[2], int number, int64_t *clock_ms) {
  const treaty_program *program = plays[0]->program;
  size_t types = treaty_program_event_type_count(program);
  const treaty_event_type *type =
      treaty_program_event_type_at(program, (size_t)dice_roll(dice, (int)types));
  treaty_value *values = calloc(type->field_count + 1, sizeof *values);
  treaty_text *texts = calloc((type->field_count + 1) * TEXTS_MAX, sizeof *texts);
  char id[16];
  snprintf(id, sizeof id, "%d", number);
  assert(values && texts);
  for (uint32_t i = 0; i < type->field_count; i++)
    values[i] = any_value(dice, &type->fields[i], texts + i * TEXTS_MAX);
  *clock_ms += dice_one_in(dice, 4) ? 0 : dice_roll(dice, 2000) * MINUTE_MS;
  treaty_event event = {
      .type = type,
      .source = {"/s", 2},
      .id = {id, strlen(id)},
      .account = any_name(dice, "aab", 10),
      .person = any_name(dice, "pq", 2),
      .lead = any_name(dice, "12", 3),
      .time_ms = *clock_ms - (dice_one_in(dice, 3) ? dice_roll(dice, 12 * 1440) * MINUTE_MS : 0),
      .content_hash = (uint64_t)number,
      .values = values,
  };
  for (int i = 0; i < 2; i++) play_send(plays[i], &event, *clock_ms);
  free(values);
  free(texts);
}

void play_by_dice(const treaty_program *program, uint64_t seed, int events) {
  dice dice = {.state = seed};
  play *plays[2] = {play_new(program, 1), play_new(program, dice_next(&dice))};
  int64_t clock_ms = BEGIN_MS;
  bool any = treaty_program_event_type_count(program) > 0;
  for (int i = 1; any && i <= events; i++) send_by_dice(&dice, plays, i, &clock_ms);
  play_look(plays[0], (treaty_text){"a", 1});
  for (int i = 0; i < 2; i++) play_advance(plays[i], clock_ms + 100 * DAY_MS);
  play_look(plays[0], (treaty_text){"a", 1});
  const buffer *first = play_decisions(plays[0]), *second = play_decisions(plays[1]);
  assert(first->length == second->length);
  assert(first->length == 0 || memcmp(first->bytes, second->bytes, first->length) == 0);
  for (int i = 0; i < 2; i++) play_free(plays[i]);
}
