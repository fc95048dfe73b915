/* show.c - values as people write them, and the facts that a decision rests on. */
#include <stdio.h>
#include <string.h>

#include "engine/evaluate.h"
#include "engine/text_list.h"
#include "grammar/civil.h"

/* 1250000 of six digits: "1.25"; 12550 of two: "125.50" when `all`, else "125.5". */
static const char *decimal(tr_arena *arena, int64_t value, uint32_t digits, bool all) {
  char text[48];
  uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = 1;
  for (uint32_t i = 0; i < digits; i++) unit *= 10;
  int length = snprintf(text, sizeof text, "%s%llu", value < 0 ? "-" : "",
                        (unsigned long long)(size / unit));
  if (size % unit != 0) {
    length += snprintf(text + length, sizeof text - (size_t)length, ".%0*llu", (int)digits,
                       (unsigned long long)(size % unit));
    while (!all && text[length - 1] == '0') length--;
  }
  return tr_arena_copy(arena, text, (size_t)length);
}

static const char *quoted(treaty_engine *engine, tr_arena *arena, int64_t value) {
  treaty_text text = tr_text_bytes(engine, value);
  return tr_arena_print(arena, "\"%.*s\"", (int)text.length, text.bytes);
}

static const char *texts(treaty_engine *engine, tr_arena *arena, int64_t value) {
  treaty_text all = tr_text_bytes(engine, value);
  treaty_text member;
  const char *shown = "(";
  for (size_t at = 0; tr_text_list_next(all, &at, &member);) {
    shown = tr_arena_print(arena, "%s%s\"%.*s\"", shown, shown[1] ? ", " : "", (int)member.length,
                           member.bytes);
  }
  return tr_arena_print(arena, "%s)", shown);
}

static const char *set(tr_arena *arena, const tr_type *type, tr_value value) {
  const char *yes = NULL, *no = NULL;
  bool open = false;
  for (uint32_t i = 0; i < type->values.count; i++) {
    uint64_t bit = UINT64_C(1) << i;
    const char *name = type->values.items[i].text;
    if ((uint64_t)value.low & bit)
      yes = yes ? tr_arena_print(arena, "%s, %s", yes, name) : name;
    else if ((uint64_t)value.high & bit)
      no = no ? tr_arena_print(arena, "%s, %s", no, name) : name;
    else
      open = true;
  }
  if (!yes && !no) return "unknown";
  if (!open) return yes ? tr_arena_print(arena, "(%s)", yes) : "()";
  if (!no) return tr_arena_print(arena, "(%s, others unknown)", yes);
  return yes ? tr_arena_print(arena, "(%s, not %s, others unknown)", yes, no)
             : tr_arena_print(arena, "(not %s, others unknown)", no);
}

static const char *business_days(tr_arena *arena, int64_t value) {
  return tr_arena_print(arena, "%lld business day%s", (long long)-value, value == -1 ? "" : "s");
}

static const char *one(treaty_engine *engine, tr_arena *arena, const tr_type *type, int64_t value) {
  char text[TR_DURATION_TEXT_BYTES];
  _Static_assert(sizeof text >= TR_ZONE_TEXT_BYTES, "room for either");
  switch (type->kind) {
    case TYPE_TRUTH: return value ? "true" : "false";
    case TYPE_TEXT:
    case TYPE_REP: return quoted(engine, arena, value);
    case TYPE_TEXTS: return texts(engine, arena, value);
    case TYPE_MONEY:
      return tr_arena_print(arena, "%s %s", decimal(arena, value, type->currency_digits, true),
                            type->currency);
    case TYPE_DATE: tr_format_date(value, text); break;
    case TYPE_TIME: tr_zone_text(engine->program->zone, value, text); break;
    case TYPE_BUSINESS:
      if (value < 0) return business_days(arena, value);
      tr_format_duration(value, text);
      break;
    case TYPE_DURATION: tr_format_duration(value, text); break;
    case TYPE_ONE_OF:
    case TYPE_SCALE:
    case TYPE_STAGE:
    case TYPE_PARTY:
      return value >= 0 && value < type->values.count ? type->values.items[value].text : "?";
    default: return decimal(arena, value, 6, false);
  }
  return tr_arena_copy(arena, text, strlen(text));
}

const char *tr_show_constant(tr_arena *arena, const tr_type *type, int64_t value) {
  static const struct {
    const char *name;
    int64_t ms;
  } units[] = {{"days", 86400000}, {"hours", 3600000}, {"minutes", 60000}, {"seconds", 1000}};
  char text[TR_TIME_TEXT_BYTES];
  size_t unit = 0;
  switch (type->kind) {
    case TYPE_BUSINESS:
      if (value < 0) return business_days(arena, value);
      /* fall through: hours */
    case TYPE_DURATION:
      while (unit + 1 < sizeof units / sizeof *units && value % units[unit].ms != 0) unit++;
      return units[unit].ms == 1000
                 ? tr_arena_print(arena, "%s seconds", decimal(arena, value, 3, false))
                 : tr_arena_print(arena, "%lld %s", (long long)(value / units[unit].ms),
                                  units[unit].name);
    case TYPE_TIME: tr_format_local(value, text); return tr_arena_copy(arena, text, strlen(text));
    default: return one(NULL, arena, type, value);
  }
}

const char *tr_show(treaty_engine *engine, tr_arena *arena, const tr_type *type, tr_value value) {
  if (type->kind == TYPE_SET) return set(arena, type, value);
  if (value.known == UNKNOWN) return "unknown";
  if (value.known == RANGE && value.high >= INT64_MAX / 4)
    return tr_arena_print(arena, "at least %s", one(engine, arena, type, value.low));
  if (value.known == RANGE && value.low <= -(INT64_MAX / 4))
    return tr_arena_print(arena, "at most %s", one(engine, arena, type, value.high));
  const char *low = one(engine, arena, type, value.low);
  if (value.known == KNOWN) return low;
  return tr_arena_print(arena, "%s to %s", low, one(engine, arena, type, value.high));
}

/* ---- Facts looked at ------------------------------------------------------------------------- */

void tr_trace_add(tr_eval *eval, const char *name, const tr_person *person, const char *value,
                  uint64_t seq) {
  treaty_text whose = {0};
  if (person) whose = tr_id_text(person->id);
  for (uint32_t i = 0; i < eval->trace->facts.count; i++) {
    const treaty_because *there = &eval->trace->facts.items[i];
    if (strcmp(there->name, name) == 0 && there->person.bytes == whose.bytes) return;
  }
  treaty_because because = {.name = name, .person = whose, .value = value, .seq = seq};
  TR_PUSH(&eval->engine->step, &eval->trace->facts, because);
}

static uint64_t latest_seq(const tr_slot_field *field, const tr_entity_state *state) {
  uint32_t count = field->type->kind == TYPE_SET ? field->type->values.count : 1;
  uint64_t seq = 0;
  for (uint32_t i = 0; state && i < count; i++) {
    const tr_fact *fact = tr_fact_find(&state->facts, field->slot + i);
    if (fact && fact->seq_slot >> 16 > seq) seq = fact->seq_slot >> 16;
  }
  return seq;
}

static bool is_open(const tr_type *type, tr_value value) {
  if (type->kind != TYPE_SET) return value.known == UNKNOWN;
  uint64_t all = type->values.count == 64 ? UINT64_MAX : (UINT64_C(1) << type->values.count) - 1;
  return (((uint64_t)value.low | (uint64_t)value.high) & all) != all;
}

void tr_trace_field(tr_eval *eval, const tr_slot_field *field, tr_view view, tr_entity entity,
                    tr_value value) {
  bool personal = entity == ENTITY_PERSON || entity == ENTITY_MEMBER;
  if (personal && !view.person) return; /* the member that nobody has named */
  uint32_t before = eval->trace->facts.count;
  tr_trace_add(eval, field->name, personal ? view.person : NULL,
               tr_show(eval->engine, &eval->engine->step, field->type, value),
               latest_seq(field, tr_view_state(view, entity)));
  if (eval->trace->facts.count > before)
    eval->trace->facts.items[before].open = is_open(field->type, value);
}
