/* dump.c - the compiled program as text, for people who look inside. The same treaty gives the same
 * text. */
#include <stdio.h>
#include <string.h>

#include "engine/program.h"
#include "engine/symbols.h"
#include "engine/table.h"
#include "grammar/civil.h"

static const struct {
  const char *name, *operands;
} opcodes[] = {
#define OPCODE_ROW(name, operands, meaning) {#name, operands},
    TR_OPCODES(OPCODE_ROW)
#undef OPCODE_ROW
};

typedef struct dump {
  treaty_program *program;
  TR_LIST(char) text;
} dump;

static void put(dump *out, const char *text) {
  for (; *text; text++) TR_PUSH(&out->program->arena, &out->text, *text);
}

#define PRINT(out, ...) put((out), tr_arena_print(&(out)->program->arena, __VA_ARGS__))

/* What an operand stands for, where a number alone says nothing. */
static void dump_operand(dump *out, const tr_instruction *i, char letter, uint32_t value) {
  const treaty_program *program = out->program;
  switch (letter) {
    case 'A':
    case 'B':
    case 'C':
      if (i->op == TR_OP_AT_LEAST && letter != 'A')
        PRINT(out, " %u", value);
      else
        PRINT(out, " r%u", value);
      return;
    case 'k': PRINT(out, " %lld", (long long)program->constants[value]); return;
    case 'e': PRINT(out, " %s", tr_entity_names[value]); return;
    case 's': PRINT(out, " %s", program->scores[value].name); return;
    case 'd': PRINT(out, " %s", program->defines[value].name); return;
    case 't': PRINT(out, " %s", program->tables[value].name); return;
    case 'g':
      PRINT(out, " %s",
            value == GROUP_MEMBERS ? "members"
            : value == GROUP_LEADS ? "leads"
                                   : "other_leads");
      return;
    case 'z': PRINT(out, " %s", program->stages[value].name); return;
    case 'x': PRINT(out, " %s", program->kept[value].name); return;
    case 'p': PRINT(out, " \"%s\"", program->matches[value]->pattern); return;
    case 'n': PRINT(out, " %u", value); return;
    default: PRINT(out, " %c%u", letter, value); return;
  }
}

static void dump_code(dump *out, const char *indent, tr_code code) {
  for (uint32_t k = 0; k < code.count; k++) {
    const tr_instruction *i = &code.items[k];
    const uint32_t values[] = {i->a, i->b, i->c};
    PRINT(out, "%s%u %-11s", indent, k, opcodes[i->op].name);
    const char *operands = opcodes[i->op].operands;
    for (size_t n = 0; 2 * n < strlen(operands); n++)
      dump_operand(out, i, operands[2 * n], values[n]);
    put(out, "\n");
  }
}

static void dump_named(dump *out, const char *what, const char *name, tr_code code) {
  PRINT(out, "%s %s\n", what, name);
  dump_code(out, "  ", code);
}

static void dump_entities(dump *out) {
  for (int e = 0; e < TR_ENTITIES; e++) {
    const tr_entity_def *entity = &out->program->entities[e];
    for (uint32_t i = 0; i < entity->field_count; i++) {
      PRINT(out, "fact %s %s slot %u\n", entity->fields[i].name,
            tr_type_text(&out->program->arena, entity->fields[i].type), entity->fields[i].slot);
    }
  }
}

static void dump_after(dump *out, const tr_firing *firing) {
  if (firing->after == TR_NONE) return;
  const tr_window *window = &out->program->windows[firing->after];
  PRINT(out, "    within %lld after %s by the same %s\n", (long long)firing->within_ms,
        window->signal_name, tr_entity_names[window->entity]);
}

static void dump_events(dump *out) {
  for (uint32_t i = 0; i < out->program->event_count; i++) {
    const tr_event_def *event = &out->program->events[i];
    PRINT(out, "event %s by %s\n", event->name, event->type.cause);
    for (uint32_t k = 0; k < event->firing_count; k++) {
      PRINT(out, "  signal %s\n", tr_trigger_name(out->program, event->firings[k].signal));
      dump_code(out, "    ", event->firings[k].where);
      dump_after(out, &event->firings[k]);
    }
    for (uint32_t k = 0; k < event->learn_count; k++) {
      put(out, "  learn\n");
      dump_code(out, "    ", event->learns[k].where);
      for (uint32_t n = 0; n < event->learns[k].action_count; n++) {
        const tr_learn_action *action = &event->learns[k].actions[n];
        PRINT(out, "    into %s\n",
              out->program->entities[action->entity].fields[action->field].name);
        dump_code(out, "      ", action->value);
      }
    }
    if (event->bind[ENTITY_ACCOUNT].value.count)
      dump_named(out, "  bind", "account", event->bind[ENTITY_ACCOUNT].value);
    if (event->bind[ENTITY_PERSON].value.count)
      dump_named(out, "  bind", "person", event->bind[ENTITY_PERSON].value);
    if (event->bind[ENTITY_LEAD].value.count)
      dump_named(out, "  bind", "lead", event->bind[ENTITY_LEAD].value);
  }
}

static void dump_watch(dump *out, const tr_watch *watch) {
  const treaty_program *program = out->program;
  if (watch->freezes != TR_NONE)
    PRINT(out, "score %s freezes\n", program->scores[watch->freezes].name);
  else if (watch->signal > program->activity)
    PRINT(out, "loss of %s", tr_entity_names[watch->entity]);
  else
    PRINT(out, "signal %s of %s", tr_trigger_name(program, watch->signal),
          tr_entity_names[watch->entity]);
  if (watch->other != TR_NONE)
    PRINT(out, " no %s for %lld\n", tr_trigger_name(program, watch->other),
          (long long)watch->for_ms);
  else if (watch->freezes == TR_NONE)
    put(out, " begins\n");
  dump_code(out, "  ", watch->when);
  for (uint32_t k = 0; k < watch->firing_count; k++) {
    PRINT(out, "  signal %s\n", tr_trigger_name(program, watch->firings[k].signal));
    dump_after(out, &watch->firings[k]);
  }
}

static void dump_watches(dump *out) {
  for (uint32_t i = 0; i < out->program->watch_count; i++)
    dump_watch(out, &out->program->watches[i]);
}

static void dump_life(dump *out, const tr_score_def *score) {
  if (score->halves_ms) PRINT(out, "  halves every %lld\n", (long long)score->halves_ms);
  if (score->expires_ms) PRINT(out, "  expires after %lld\n", (long long)score->expires_ms);
  if (score->floors) PRINT(out, "  never below %lld\n", (long long)score->low);
  if (score->counts_while.count) dump_named(out, " ", "counts only while", score->counts_while);
  if (score->frozen_while.count) dump_named(out, " ", "frozen while", score->frozen_while);
}

static void dump_phases(dump *out) {
  const treaty_program *program = out->program;
  uint32_t count = program->phase_type ? program->phase_type->values.count : 0;
  for (uint32_t p = 0; p < count; p++) {
    PRINT(out, "phase %s\n", program->phase_type->values.items[p].text);
    for (uint32_t i = 0; i < program->evidence_count; i++) {
      const tr_evidence_def *evidence = &program->evidence[i];
      if (evidence->phase != p) continue;
      if (evidence->signal != TR_NONE)
        PRINT(out, "  on %s\n", evidence->text);
      else
        dump_code(out, "  ", evidence->when);
    }
  }
}

static void dump_scores(dump *out) {
  for (uint32_t i = 0; i < out->program->score_count; i++) {
    const tr_score_def *score = &out->program->scores[i];
    PRINT(out, "score %s of %s\n", score->name, tr_entity_names[score->entity]);
    dump_life(out, score);
    for (uint32_t k = 0; k < score->rule_count; k++) {
      PRINT(out, "  %s\n", score->rules[k].text);
      dump_code(out, "    ", score->rules[k].when);
      dump_code(out, "    ", score->rules[k].add);
    }
  }
}

/* Case by case of each column, which rows go with it. */
static void dump_table(dump *out, const tr_table_def *table) {
  const tr_table_index *index = table->index;
  PRINT(out, "table %s%s\n", table->name, table->each_once ? ", each case once" : "");
  for (uint32_t c = 0; c < index->column_count; c++) {
    PRINT(out, "  column %u\n", c);
    dump_code(out, "    ", table->columns[c]);
    for (uint32_t i = 0; i <= index->columns[c].case_count; i++) {
      PRINT(out, "    %s", tr_table_case_text(&out->program->arena, &index->columns[c], i, i));
      for (uint32_t r = 0; r < index->row_count; r++) {
        if (tr_table_rows(index, c, i)[r / 64] >> r % 64 & 1) PRINT(out, " %u", r);
      }
      put(out, "\n");
    }
  }
  for (uint32_t r = 0; r < index->row_count; r++) {
    PRINT(out, "  row %u: %s\n", r, table->rows[r]);
    dump_code(out, "    ", table->results[r]);
  }
}

static void dump_time_of_day(dump *out, int32_t ms) {
  PRINT(out, "%02d:%02d", (int)(ms / TR_HOUR_MS), (int)(ms / TR_MINUTE_MS % 60));
}

/* Hours after midnight are those behind 24:00. */
static void dump_calendar(dump *out, const char *name, const tr_calendar *calendar) {
  static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  PRINT(out, "calendar %s in %s\n", name, tr_zone_name(calendar->zone));
  for (int day = 0; day < 7; day++) {
    for (uint32_t i = 0; i < calendar->week[day].count; i++) {
      PRINT(out, "  %s ", weekdays[day]);
      dump_time_of_day(out, calendar->week[day].items[i].from_ms);
      put(out, " to ");
      dump_time_of_day(out, calendar->week[day].items[i].to_ms);
      put(out, "\n");
    }
  }
  for (uint32_t i = 0; i < calendar->closed_count; i++) {
    char day[TR_TIME_TEXT_BYTES];
    tr_format_date(calendar->closed_days[i], day);
    const char *holiday = calendar->closed_names ? calendar->closed_names[i] : NULL;
    PRINT(out, holiday ? "  closed %s %s\n" : "  closed %s\n", day, holiday);
  }
}

static void dump_power(dump *out, const tr_power_def *power) {
  PRINT(out, "  %s:%u %s\n", power->act.file, power->act.line, power->act.text);
  if (power->kind == POWER_HOLD) PRINT(out, "    at most %lld\n", (long long)power->at_most_ms);
  dump_code(out, "    ", power->act.when);
}

static void dump_play(dump *out, const tr_play_def *play) {
  dump_named(out, "   ", "with", play->with);
  if (play->holds_while.count) dump_named(out, "   ", "while", play->holds_while);
  for (uint32_t i = 0; i < play->rows_count; i++) {
    const tr_play_rows *rows = &play->rows[i];
    const tr_catalogue_def *catalogue = &out->program->catalogues[rows->catalogue];
    PRINT(out, "    offer %s, at most %u\n", catalogue->name, rows->most);
    for (uint32_t k = 0; k < rows->match_count; k++)
      dump_named(out, "     ", catalogue->columns[rows->matches[k].column], rows->matches[k].value);
  }
}

static void dump_agreement(dump *out, const tr_agreement_def *agreement) {
  PRINT(out, "agreement \"%s\" version %u\n", agreement->name, agreement->version);
  dump_named(out, " ", agreement->otherwise ? "applies otherwise" : "applies when",
             agreement->applies);
  if (agreement->ask_after_ms)
    PRINT(out, "  ask about unknowns after %lld\n", (long long)agreement->ask_after_ms);
  for (uint32_t i = 0; i < agreement->clause_count; i++) {
    const tr_clause_def *clause = &agreement->clauses[i];
    PRINT(out, "  %s:%u %s\n", clause->file, clause->line, clause->text);
    dump_code(out, "    ", clause->when);
    dump_code(out, "    ", clause->on_where);
    if (clause->limit) dump_code(out, "    ", clause->limit->when);
    if (clause->play) dump_play(out, clause->play);
    for (uint32_t k = 0; k < clause->keep_count; k++) {
      PRINT(out, "    keep %s\n", out->program->kept[clause->keeps[k].kept].name);
      dump_code(out, "      ", clause->keeps[k].value);
    }
  }
  for (uint32_t i = 0; i < agreement->power_count; i++) dump_power(out, &agreement->powers[i]);
}

static void dump_program(dump *out) {
  const treaty_program *program = out->program;
  dump_entities(out);
  dump_events(out);
  dump_watches(out);
  dump_phases(out);
  dump_scores(out);
  for (uint32_t i = 0; i < program->define_count; i++)
    dump_named(out, "define", program->defines[i].name, program->defines[i].code);
  for (uint32_t i = 0; i < program->table_count; i++) dump_table(out, &program->tables[i]);
  for (uint32_t i = 0; i < program->criterion_count; i++) {
    dump_named(out, "criterion", program->criteria[i].name, program->criteria[i].met);
    if (program->criteria[i].has_unmet) dump_named(out, " ", "unmet", program->criteria[i].unmet);
  }
  for (uint32_t i = 0; i < program->code_count; i++) {
    PRINT(out, "code c%u\n", i);
    dump_code(out, "  ", program->codes[i]);
  }
  for (uint32_t i = 0; i < program->calendar_count; i++)
    dump_calendar(out, program->calendars[i].name, program->calendars[i].calendar);
  for (uint32_t i = 0; i < program->agreement_count; i++)
    dump_agreement(out, &program->agreements[i]);
  TR_PUSH(&out->program->arena, &out->text, '\0');
}

const char *treaty_program_dump(treaty_program *program) {
  jmp_buf on_failure;
  dump out = {.program = program};
  program->memory.on_failure = &on_failure;
  const char *volatile text = NULL;
  if (setjmp(on_failure) == 0) {
    dump_program(&out);
    text = out.text.items;
  }
  program->memory.on_failure = NULL;
  return text;
}
