/* rules.c - see rules.h. The vocabulary is small, so that rules meet: a few fields of each entity,
 * a few events, thresholds in the middle of what comes. */
#include "rules_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "words.h"

const char *const rules_events[RULES_EVENTS] = {"ask",  "visit", "note",  "tip",
                                                "take", "deny",  "query", "reply"};
const char *const rules_fields[RULES_FIELDS] = {"n", "k", "f", "s", "r", "d", "t"};
const int rules_values[RULES_FIELDS] = {6, 3, 2, 3, 8, 5, WORDS_SAID};

#define FIRST_DATE 20513 /* 2026-03-01 */

treaty_value rules_value(int field, int number) {
  treaty_value value = {.present = true, .integer = number};
  if (field == 0) value.integer *= INT64_C(1000000);
  if (field == 5) value.integer += FIRST_DATE;
  if (field == 6)
    value.text = (treaty_text){.bytes = words[number].text, .length = strlen(words[number].text)};
  return value;
}

void put(rules *rules, const char *format, ...) {
  va_list arguments;
  for (;;) {
    va_start(arguments, format);
    size_t left = rules->room - rules->length;
    int needed = vsnprintf(rules->text + rules->length, left, format, arguments);
    va_end(arguments);
    if ((size_t)needed < left) {
      rules->length += (size_t)needed;
      return;
    }
    rules->room = rules->room * 2 + (size_t)needed;
    rules->text = realloc(rules->text, rules->room);
  }
}

/* ---- Declarations ---------------------------------------------------------------------------- */

static void vocabulary(rules *rules) {
  static const char *const parties[RULES_EVENTS] = {"buyer", "buyer", "desk", "others",
                                                    "shop",  "shop",  "shop", "desk"};
  put(rules,
      "use \"std/events\"\nzone \"UTC\"\nlate events up to 3 hours\n"
      "party desk\nparty shop\nparty yard\ncontact boss of shop \"boss@example.com\"\n");
  put(rules, "type rank as scale (low < mid < high)\n");
  put(rules, "lead { want whole number }\n");
  put(rules, "list some_words \"%s\", \"%s\"\n", any_word(rules), any_word(rules));
  for (int i = 0; i < SCOPES; i++)
    put(rules,
        "%s { size whole number, kind one of (x, y, z), flag flag, rank rank, "
        "roles set of (user, chief, buyer), due date, label text }\n",
        scope_names[i]);
  for (int i = 0; i < RULES_EVENTS; i++)
    put(rules,
        "event %s by %s%s { n whole number, k one of (x, y, z), f flag, s rank, "
        "r set of (user, chief, buyer), d date, t text }\n",
        rules_events[i], parties[i], i == 2 || i == 6 ? ", contact" : "");
}

static void pattern(rules *rules, const char *on) {
  put(rules, "on %s", on);
  if (one_in(rules, 2)) return;
  put(rules, " where ");
  rules->in_event = true;
  condition(rules, MEMBER, 1);
  rules->in_event = false;
}

/* What only the buyer teaches may be evidence of a phase. */
static void buyers_action(rules *rules) {
  switch (roll(rules, 3)) {
    case 0: put(rules, "set lead.want to event.n for 3 hours"); return;
    case 1: put(rules, "forget lead.want"); return;
    default: put(rules, "set lead.want to event.n"); return;
  }
}

static void action(rules *rules) {
  const char *entity = scope_names[roll(rules, SCOPES)];
  switch (roll(rules, 16)) {
    case 13: put(rules, "set %s.label to event.t", entity); return;
    case 14: put(rules, "set %s.label to \"%s\"", entity, any_word(rules)); return;
    case 15: put(rules, "set %s.due to event.d", entity); return;
    case 8: put(rules, "set %s.size to event.n for 3 hours", entity); return;
    case 9: put(rules, "set first %s.kind to event.k", entity); return;
    case 10: put(rules, "raise %s.rank by 1", entity); return;
    case 11: put(rules, "lower %s.rank by %d", entity, 1 + roll(rules, 2)); return;
    case 12: {
      static const char *const fields[] = {"size", "kind", "roles", "rank", "label", "due"};
      put(rules, "forget %s.%s", entity, DICE_PICK(rules->dice, fields));
      return;
    }
    case 0: put(rules, "set %s.size to event.n", entity); return;
    case 1: put(rules, "set %s.kind to event.k", entity); return;
    case 2: put(rules, "set %s.flag to event.f", entity); return;
    case 3: put(rules, "set %s.rank to event.s", entity); return;
    case 4: put(rules, "set %s.roles to event.r", entity); return;
    case 5: put(rules, "add chief to %s.roles", entity); return;
    case 6: put(rules, "remove user from %s.roles", entity); return;
    default: put(rules, "set lead.center_complete to event.f"); return;
  }
}

static void learns(rules *rules) {
  for (int i = 0; rules->is_lively && i < RULES_EVENTS; i += 2)
    put(rules,
        "on %s {\n  set lead.size to event.n\n  set lead.flag to event.f\n"
        "  set lead.rank to event.s\n  set lead.kind to event.k\n"
        "  set lead.roles to event.r\n}\n",
        rules_events[i]);
  for (int i = 0; i < RULES_EVENTS + 2; i++) {
    pattern(rules, rules_events[i % RULES_EVENTS]);
    put(rules, " {\n");
    for (int k = 1 + roll(rules, 4); k > 0; k--) {
      put(rules, "  ");
      if (i % RULES_EVENTS < BUYERS_EVENTS && one_in(rules, 6))
        buyers_action(rules);
      else
        action(rules);
      put(rules, "\n");
    }
    put(rules, "}\n");
  }
}

/* A silence, or a condition that begins; it has no groups, and what it counts came before it. */
static void no_event(rules *rules) {
  scope scope = at_random(rules);
  put(rules, "of %s when ", scope_names[scope]);
  if (one_in(rules, 2)) {
    put(rules, "no %s for %s\n", trigger(rules), duration(rules));
    return;
  }
  rules->in_group = true;
  if (one_in(rules, 2))
    fact(rules, scope);
  else
    condition(rules, scope, 1);
  rules->in_group = false;
  put(rules, " begins\n");
}

/* What a signal is on first; whether the buyer alone brings that about. */
static bool first_pattern(rules *rules, bool *is_event) {
  *is_event = true;
  if (rules->signals > 0 && one_in(rules, 3)) {
    int other = roll(rules, rules->signals);
    put(rules, "on sig%d", other);
    *is_event = rules->signal_is_event[other];
    return rules->signal_is_buyers[other];
  }
  if (one_in(rules, 5)) {
    put(rules, "on any buyer event");
    return true;
  }
  int event = roll(rules, RULES_EVENTS);
  pattern(rules, rules_events[event]);
  return event < BUYERS_EVENTS;
}

static void signals(rules *rules) {
  static const char *const same[] = {"person", "account", "lead"};
  int count = 1 + roll(rules, SIGNALS_MAX);
  for (; rules->signals < count; rules->signals++) {
    put(rules, "signal sig%d ", rules->signals);
    if (one_in(rules, 3)) {
      no_event(rules);
      continue;
    }
    bool is_event, buyers = first_pattern(rules, &is_event);
    if (one_in(rules, 3)) {
      int event = roll(rules, RULES_EVENTS);
      put(rules, ", ");
      pattern(rules, rules_events[event]);
      buyers &= event < BUYERS_EVENTS;
    }
    if (one_in(rules, 3))
      put(rules, " within %s after %s by the same %s", duration(rules), trigger(rules),
          DICE_PICK(rules->dice, same));
    put(rules, "\n");
    rules->signal_is_buyers[rules->signals] = buyers;
    rules->signal_is_event[rules->signals] = is_event;
  }
}

/* ---- Phases ---------------------------------------------------------------------------------- */

/* A signal or event that the buyer alone brings about. */
static const char *buyers_trigger(rules *rules) {
  static const char *const signals[SIGNALS_MAX] = {"sig0", "sig1", "sig2", "sig3"};
  int at = roll(rules, rules->signals + BUYERS_EVENTS);
  if (at < rules->signals && rules->signal_is_buyers[at]) return signals[at];
  return rules_events[at % BUYERS_EVENTS];
}

static void evidence(rules *rules) {
  const char *trigger = buyers_trigger(rules);
  switch (roll(rules, 7)) {
    case 0: put(rules, "lead.want %s %d", comparison(rules), roll(rules, 6)); return;
    case 1: put(rules, "lead.want is unknown"); return;
    case 2: put(rules, "active in last %s", duration(rules)); return;
    case 3:
      put(rules, "sum of n of %s in last %s >= %d", rules_events[roll(rules, BUYERS_EVENTS)],
          duration(rules), 3 + roll(rules, 8));
      return;
    case 4: put(rules, "time since %s %s %s", trigger, comparison(rules), duration(rules)); return;
    case 5:
      put(rules, "any member has (count of %s in last %s >= %d)", trigger, duration(rules),
          1 + roll(rules, 2));
      return;
    default:
      put(rules, "count of %s in last %s >= %d", trigger, duration(rules), 1 + roll(rules, 3));
  }
}

static void evidence_on(rules *rules) {
  put(rules, " entered on %s", buyers_trigger(rules));
  if (one_in(rules, 3)) put(rules, ", %s", buyers_trigger(rules));
}

static void evidence_when(rules *rules) {
  put(rules, " entered when ");
  if (one_in(rules, 3)) put(rules, "not ");
  put(rules, "(");
  evidence(rules);
  if (one_in(rules, 2)) {
    put(rules, one_in(rules, 2) ? " and " : " or ");
    evidence(rules);
  }
  put(rules, ")");
}

static void phases(rules *rules) {
  int count = PHASES;
  if (!rules->has_phases) return;
  put(rules, "phases of lead {\n");
  for (int i = 0; i < count; i++) {
    put(rules, "  %s", phase_names[i]);
    if (i > 0 && (i == count - 1 || !one_in(rules, 4))) {
      if (one_in(rules, 3))
        evidence_on(rules);
      else
        evidence_when(rules);
    }
    put(rules, "\n");
  }
  put(rules, "}\n");
}

/* ---- Scores ---------------------------------------------------------------------------------- */

/* `once` with or without a span; a limit; or none. */
static void limits(rules *rules) {
  switch (roll(rules, 7)) {
    case 0: put(rules, ", once"); break;
    case 1: put(rules, ", once in %s", duration(rules)); break;
    case 2: put(rules, ", at most %d in %s", 5 + roll(rules, 15), duration(rules)); break;
    case 3: put(rules, ", at most %d per calendar day", 5 + roll(rules, 15)); break;
    default: break;
  }
  put(rules, "\n");
}

static void points(rules *rules, scope scope) {
  if (one_in(rules, 3)) {
    put(rules, "  when ");
    fact(rules, scope);
    put(rules, " add %d\n", roll(rules, 15) - 4);
    return;
  }
  put(rules, "  on %s add ", trigger(rules));
  if (one_in(rules, 4))
    put(rules, "(%s.size otherwise 2)", scope_names[at_hand(rules, scope)]);
  else
    put(rules, "%d", roll(rules, 14) - 3);
  limits(rules);
}

static void scores(rules *rules) {
  int count = 1 + roll(rules, SCORES_MAX);
  for (int i = 0; i < count; i++) {
    scope scope = at_random(rules);
    bool halves = one_in(rules, 2);
    bool floors = !halves && one_in(rules, 3);
    put(rules, "score score%d of %s%s {\n", i, scope_names[scope],
        floors             ? ", never below 0"
        : one_in(rules, 2) ? ""
                           : ", from 0 to 25");
    if (halves) put(rules, "  halves every %s\n", one_in(rules, 2) ? "3 hours" : "1 days");
    if (one_in(rules, 4)) put(rules, "  expires after %s\n", duration(rules));
    if (one_in(rules, 5)) {
      put(rules, "  counts only while ");
      fact(rules, scope);
      put(rules, "\n");
    }
    if (one_in(rules, 3)) {
      put(rules, "  frozen while ");
      if (one_in(rules, 2))
        fact(rules, scope);
      else
        counting(rules);
      put(rules, one_in(rules, 4) ? ", decay goes on\n" : "\n");
    }
    if (one_in(rules, 4)) {
      put(rules, "  loses %d after %s without activity", 1 + roll(rules, 8), duration(rules));
      put(rules, one_in(rules, 2) ? "\n" : ", at most once in 1 days\n");
    }
    for (int k = 1 + roll(rules, 3); k > 0; k--) points(rules, scope);
    if (!floors && one_in(rules, 4)) {
      static const char *const stages[] = {"new", "good", "took", "gone"};
      put(rules, "  on entering %s reset%s\n", DICE_PICK(rules->dice, stages),
          one_in(rules, 2) ? "" : " to 9");
    }
    if (!floors && one_in(rules, 3))
      put(rules, "  on %s reset%s\n", trigger(rules), one_in(rules, 2) ? "" : " to 7");
    put(rules, "}\n");
    rules->score_scope[i] = scope;
    rules->score_halves[i] = halves;
    rules->scores = i + 1;
  }
}

static void defines(rules *rules) {
  int count = 1 + roll(rules, DEFINES_MAX);
  for (int i = 0; i < count; i++) {
    scope scope = at_random(rules);
    put(rules, "define def%d of %s as ", i, scope_names[scope]);
    rules->asks_more = false;
    condition(rules, scope, DEPTH_MAX);
    rules->define_asks_more[i] = rules->asks_more;
    if (one_in(rules, 4)) put(rules, " fixed at %s", rules_events[roll(rules, RULES_EVENTS)]);
    put(rules, "\n");
    rules->define_scope[i] = scope;
    rules->defines = i + 1;
  }
}

/* Every case is there; what is unknown may stay so. */
static void tables(rules *rules) {
  int count = roll(rules, TABLES_MAX + 1);
  for (int i = 0; i < count; i++) {
    scope scope = at_random(rules);
    int cut = 1 + roll(rules, 4);
    bool once = one_in(rules, 2);
    put(rules, "table tab%d of %s by %s.kind, %s.size%s {\n", i, scope_names[scope],
        scope_names[at_hand(rules, scope)], scope_names[at_hand(rules, scope)],
        once ? ", each case once" : "");
    put(rules, "  x, >= %d -> %d\n  x, < %d -> %d\n", cut, roll(rules, 5), cut, roll(rules, 5));
    if (once)
      put(rules, "  y or z, _ -> %d\n}\n", roll(rules, 5));
    else
      put(rules, "  z, unknown -> %d\n  z, 2 to 3 -> %d\n  y or z, _ -> %d\n}\n", roll(rules, 5),
          roll(rules, 5), roll(rules, 5));
    rules->table_scope[i] = scope;
    rules->tables = i + 1;
  }
}

static void criteria(rules *rules) {
  for (int i = 0; i < CRITERIA; i++) {
    put(rules, "criterion crit%d met when ", i);
    term(rules, DEPTH_MAX);
    if (one_in(rules, 3)) {
      put(rules, "\n  unmet when ");
      condition(rules, LEAD, 1);
    }
    put(rules, "\n");
    rules->criteria = i + 1;
  }
}

char *rules_random(dice *dice, bool with_people) {
  rules rules = {.dice = dice, .has_people = with_people && dice_one_in(dice, 2), .room = 4096};
  rules.text = malloc(rules.room);
  for (int i = 0; i < PROMOTIONS; i++)
    rules.kept[i] = one_in(&rules, 2) ? (unsigned)roll(&rules, 1 << KEPT_VALUES) : 0;
  rules.demotes = !one_in(&rules, 3);
  if (!rules.demotes) rules.kept[1] = 0;
  rules.has_powers = !one_in(&rules, 3);
  rules.has_limits = one_in(&rules, 2);
  rules.is_lively = !one_in(&rules, 3);
  rules.has_phases = one_in(&rules, 2);
  vocabulary(&rules);
  signals(&rules);
  phases(&rules);
  learns(&rules);
  scores(&rules);
  tables(&rules);
  defines(&rules);
  criteria(&rules);
  agreement(&rules);
  return rules.text;
}

/* ---- Loading --------------------------------------------------------------------------------- */

typedef struct files {
  const char *rules, *events;
} files;

static bool read_file(void *context, const char *path, treaty_text *text, const char **why) {
  const files *files = context;
  const char *bytes = strcmp(path, "main.treaty") == 0 ? files->rules : files->events;
  *text = (treaty_text){.bytes = bytes, .length = strlen(bytes)};
  *why = NULL;
  return true;
}

/* The one zone that they have. */
static bool read_zone(void *context, const char *name, treaty_text *tzif, const char **why) {
  static char bytes[4096];
  FILE *file = fopen("/usr/share/zoneinfo/UTC", "rb");
  (void)context;
  (void)name;
  *why = "it could not be read";
  if (!file) return false;
  *tzif = (treaty_text){.bytes = bytes, .length = fread(bytes, 1, sizeof bytes, file)};
  fclose(file);
  return true;
}

treaty_program *rules_load(const char *text, bool tells) {
  static const char events[] =
      "event identity.merged by others { kept text, gone text }\n"
      "event leads.joined by others { kept text, gone text }\n"
      "event event.voided by others { source text, id text }\n"
      "event lead.moved by others { party text, to text, reason text }\n"
      "event lead.held by others { party text, until time, reason text }\n"
      "event lead.released by others { party text, reason text }\n"
      "event lead.offered by others { party text, to text, reason text }\n"
      "event lead.taken by others\n"
      "event lead.passed by others { to text, reason text }\n"
      "event rep.joined by others { rep text, team text }\n"
      "event rep.absent by others { rep text, since time, until time }\n"
      "event rep.left by others { rep text }\n";
  files files = {.rules = text, .events = events};
  treaty_host host = {.context = &files, .read_file = read_file, .read_zone = read_zone};
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = treaty_load(&host, "main.treaty", &diags, &program);
  for (size_t i = 0; tells && status != TREATY_OK && i < treaty_diags_count(diags); i++)
    printf("%s", treaty_diags_text(diags, i, false));
  treaty_diags_free(diags);
  return status == TREATY_OK ? program : NULL;
}
