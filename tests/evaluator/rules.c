/* rules.c - see rules.h. The vocabulary is small, so that rules meet: a few fields of each entity,
 * a few events, thresholds in the middle of what comes. */
#include "rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "words.h"

const char *const rules_events[RULES_EVENTS] = {"ask", "visit", "note", "tip"};
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

enum {
  SIGNALS_MAX = 4,
  SCORES_MAX = 3,
  DEFINES_MAX = 4,
  TABLES_MAX = 2,
  CRITERIA = 3,
  PROMOTIONS = 2,
  BUYERS_EVENTS = 2,
  DEPTH_MAX = 3
};

typedef enum scope { ACCOUNT, PERSON, LEAD, MEMBER, SCOPES } scope;
static const char *const scope_names[SCOPES] = {"account", "person", "lead", "member"};

typedef struct rules {
  dice *dice;
  char *text;
  size_t length, room;
  int signals, scores, defines, tables, criteria;
  scope score_scope[SCORES_MAX], define_scope[DEFINES_MAX], table_scope[TABLES_MAX];
  bool score_halves[SCORES_MAX];
  bool signal_is_buyers[SIGNALS_MAX];
  bool has_phases;
  bool in_event;   /* a condition on an event: facts and the event's fields only */
  bool in_group;   /* no group inside a group */
  bool to_be_kept; /* … that asks for no other lead, and not for best.truth */
  bool asks_more;  /* since this was cleared one has asked for them */
  bool define_asks_more[DEFINES_MAX];
  unsigned kept[PROMOTIONS]; /* what each promotion keeps: a bit each */
  bool of_leads; /* … of leads: their own fields stand bare, `lead.` is the one outside */
} rules;

__attribute__((format(printf, 2, 3))) static void put(rules *rules, const char *format, ...) {
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

static int roll(rules *rules, int sides) { return dice_roll(rules->dice, sides); }
static bool one_in(rules *rules, int chances) { return dice_one_in(rules->dice, chances); }

static const char *trigger(rules *rules) {
  static const char *const signals[SIGNALS_MAX] = {"sig0", "sig1", "sig2", "sig3"};
  int at = roll(rules, rules->signals + RULES_EVENTS);
  return at < rules->signals ? signals[at] : rules_events[at - rules->signals];
}

static const char *duration(rules *rules) {
  static const char *const spans[] = {"1 hours", "2 hours", "5 hours", "30 minutes", "1 days"};
  return DICE_PICK(rules->dice, spans);
}

static const char *comparison(rules *rules) {
  static const char *const words[] = {"=", "is not", "<", "<=", ">", ">="};
  return DICE_PICK(rules->dice, words);
}

/* ---- Conditions ------------------------------------------------------------------------------ */

static void condition(rules *rules, scope scope, int depth);

/* An entity that is seen from a scope. */
static scope at_hand(rules *rules, scope from) {
  switch (from) {
    case ACCOUNT: return ACCOUNT;
    case PERSON: return one_in(rules, 2) ? PERSON : ACCOUNT;
    case LEAD: return one_in(rules, 2) ? LEAD : ACCOUNT;
    default: return (scope)roll(rules, SCOPES);
  }
}

static bool sees(scope from, scope what) {
  return from == what || what == ACCOUNT || from == MEMBER;
}

/* What stands before a field. */
static const char *prefix(const rules *rules, scope scope) {
  static const char *const words[SCOPES] = {"account.", "person.", "lead.", "member."};
  return scope == LEAD && rules->of_leads ? "" : words[scope];
}

/* Where a lead stands, or has been. */
static void stay(rules *rules) {
  static const char *const stages[] = {"new", "good", "gone"};
  const char *stage = DICE_PICK(rules->dice, stages);
  switch (rules->of_leads ? 0 : roll(rules, 8)) {
    default:
      put(rules, "%sstage %s %s", prefix(rules, LEAD), one_in(rules, 2) ? "=" : "is not", stage);
      return;
    case 4: put(rules, "times entered %s >= %d", stage, 1 + roll(rules, 2)); return;
    case 5: put(rules, "time in stage >= %s", duration(rules)); return;
    case 6: put(rules, "age of lead %s %s", comparison(rules), duration(rules)); return;
    case 7: put(rules, "days since date entered %s >= %d", stage, roll(rules, 2)); return;
  }
}

static const char *any_word(rules *rules) { return words[roll(rules, WORDS)].text; }
static const char *any_pattern(rules *rules) {
  return word_patterns[roll(rules, WORD_PATTERNS)].text;
}

static void text_fact(rules *rules, const char *entity, const char *field) {
  static const char *const verbs[] = {"=",           "is not",    "is exactly",
                                      "starts with", "ends with", "contains"};
  static const char *const regexes[] = {"^Head", "e$", "of", "^e", "STRASSE", "^"};
  put(rules, "%s%s ", entity, field);
  switch (roll(rules, 10)) {
    case 0: put(rules, "in (\"%s\", \"%s\")", any_word(rules), any_word(rules)); return;
    case 1: put(rules, "%sin some_words", one_in(rules, 2) ? "" : "is not "); return;
    case 2: put(rules, "matches \"%s\"", DICE_PICK(rules->dice, regexes)); return;
    case 3:
    case 4:
      put(rules, "has any of (\"%s\", \"%s\")", any_pattern(rules), any_pattern(rules));
      return;
    default: put(rules, "%s \"%s\"", DICE_PICK(rules->dice, verbs), any_word(rules)); return;
  }
}

static void date_fact(rules *rules, const char *entity, const char *field) {
  switch (roll(rules, 4)) {
    case 0:
      put(rules, "days until %s%s %s %d", entity, field, comparison(rules), roll(rules, 5) - 1);
      return;
    case 1:
      put(rules, "days since %s%s between %d and %d", entity, field, roll(rules, 3) - 1,
          1 + roll(rules, 3));
      return;
    default:
      put(rules, "%s%s %s 2026-03-0%d", entity, field, comparison(rules), 1 + roll(rules, 5));
      return;
  }
}

static const char *const phase_names[] = {"early", "looking", "choosing", "sure"};

static void phase_fact(rules *rules) {
  const char *phase = DICE_PICK(rules->dice, phase_names);
  if (one_in(rules, 3))
    put(rules, "phase before %s", phase);
  else
    put(rules, "%sphase %s %s", prefix(rules, LEAD), comparison(rules), phase);
}

/* What promotions keep. */
enum {
  KEPT_SIZE,
  KEPT_KIND,
  KEPT_ROLES,
  KEPT_DUE,
  KEPT_LABEL,
  KEPT_TOP,
  KEPT_WAITED,
  KEPT_POINTS,
  KEPT_TRUTH,
  KEPT_VALUES
};

/* One that some promotion keeps; -1: there is none. */
static int any_kept(rules *rules) {
  unsigned all = rules->kept[0] | rules->kept[1];
  int at = roll(rules, KEPT_VALUES);
  if (rules->to_be_kept) all &= ~(1U << KEPT_TRUTH); /* of what type it is cannot be told */
  if (all == 0) return -1;
  while (!(all >> at & 1)) at = (at + 1) % KEPT_VALUES;
  return at;
}

static void kept_fact(rules *rules, int kept) {
  switch (kept) {
    case KEPT_SIZE: put(rules, "best.size %s %d", comparison(rules), roll(rules, 6)); return;
    case KEPT_KIND: put(rules, "best.kind = %s", one_in(rules, 2) ? "x" : "y"); return;
    case KEPT_ROLES: put(rules, "best.roles has chief"); return;
    case KEPT_DUE: date_fact(rules, "best.", "due"); return;
    case KEPT_LABEL: text_fact(rules, "best.", "label"); return;
    case KEPT_TOP: put(rules, "best.top %s %d", comparison(rules), roll(rules, 6)); return;
    case KEPT_WAITED: put(rules, "best.waited >= %s", duration(rules)); return;
    case KEPT_POINTS:
      put(rules, "best.points %s %d.03125", one_in(rules, 2) ? ">=" : "<", roll(rules, 20));
      return;
    default: put(rules, "best.truth"); rules->asks_more = true;
  }
}

static void fact(rules *rules, scope scope) {
  static const char *const kinds[] = {"x", "y", "z"};
  static const char *const ranks[] = {"low", "mid", "high"};
  static const char *const roles[] = {"user", "chief", "buyer"};
  const char *entity = prefix(rules, at_hand(rules, scope));
  if ((scope == LEAD || scope == MEMBER) && one_in(rules, 6)) {
    if (rules->has_phases && one_in(rules, 2)) {
      phase_fact(rules);
      return;
    }
    int kept = one_in(rules, 2) ? any_kept(rules) : -1;
    if (kept < 0)
      stay(rules);
    else
      kept_fact(rules, kept);
    return;
  }
  switch (roll(rules, 12)) {
    case 8:
    case 9: text_fact(rules, entity, "label"); return;
    case 10:
    case 11: date_fact(rules, entity, "due"); return;
    case 0: put(rules, "%skind = %s", entity, DICE_PICK(rules->dice, kinds)); return;
    case 1: put(rules, "%skind in (x, %s)", entity, one_in(rules, 2) ? "y" : "z"); return;
    case 2: put(rules, "%sflag", entity); return;
    case 3:
      put(rules, "%srank %s %s", entity, comparison(rules), DICE_PICK(rules->dice, ranks));
      return;
    case 4: put(rules, "%sroles has %s", entity, DICE_PICK(rules->dice, roles)); return;
    case 5:
      put(rules, "%ssize between %d and %d", entity, roll(rules, 3), 3 + roll(rules, 3));
      return;
    case 6: {
      static const char *const fields[] = {"size", "kind", "roles", "rank", "label", "due"};
      put(rules, "%s%s is %s", entity, DICE_PICK(rules->dice, fields),
          one_in(rules, 2) ? "known" : "unknown");
      return;
    }
    default: put(rules, "%ssize %s %d", entity, comparison(rules), roll(rules, 6)); return;
  }
}

static void event_fact(rules *rules) {
  switch (roll(rules, 6)) {
    case 4: text_fact(rules, "", "t"); return;
    case 5: date_fact(rules, "", "d"); return;
    case 0: put(rules, "n >= %d", roll(rules, 6)); return;
    case 1: put(rules, "k is not y"); return;
    case 2: put(rules, "s > low"); return;
    default: put(rules, "f"); return;
  }
}

static void counting(rules *rules) {
  static const char *const measures[] = {"sum", "max", "min"};
  switch (roll(rules, 7)) {
    case 6: put(rules, "active in last %s", duration(rules)); return;
    case 4:
      put(rules, "%s of n of %s in last %s %s %d", DICE_PICK(rules->dice, measures),
          rules_events[roll(rules, RULES_EVENTS)], duration(rules), comparison(rules),
          roll(rules, 8));
      return;
    case 5:
      put(rules, "count of days with %s in last %s >= %d", trigger(rules),
          one_in(rules, 2) ? "2 days" : "7 days", 1 + roll(rules, 2));
      return;
    case 0: put(rules, "no %s in last %s", trigger(rules), duration(rules)); return;
    case 1: put(rules, "count of %s ever >= %d", trigger(rules), 1 + roll(rules, 4)); return;
    case 2:
      put(rules, "time since %s %s %s", trigger(rules), comparison(rules), duration(rules));
      return;
    default:
      put(rules, "count of %s in last %s %s %d", trigger(rules), duration(rules), comparison(rules),
          1 + roll(rules, 3));
  }
}

static void number(rules *rules, scope scope) {
  const char *entity = prefix(rules, at_hand(rules, scope));
  switch (roll(rules, 5)) {
    case 0: put(rules, "%ssize + %d", entity, roll(rules, 4)); return;
    case 1: put(rules, "(%ssize otherwise %d)", entity, roll(rules, 4)); return;
    case 2: put(rules, "larger of (%ssize, %d)", entity, roll(rules, 4)); return;
    case 3: put(rules, "%ssize - %ssize", entity, prefix(rules, at_hand(rules, scope))); return;
    default: put(rules, "smaller of (%ssize, %d)", entity, 1 + roll(rules, 4)); return;
  }
}

/* Thresholds that no score meets exactly, where one halves. */
static void score_condition(rules *rules, scope scope) {
  int score = roll(rules, rules->scores);
  if (!sees(scope, rules->score_scope[score])) {
    fact(rules, scope);
    return;
  }
  if (rules->score_halves[score])
    put(rules, "score%d %s %d.03125", score, one_in(rules, 2) ? ">=" : "<", roll(rules, 20));
  else
    put(rules, "score%d %s %d", score, comparison(rules), roll(rules, 20));
}

static void define_condition(rules *rules, scope scope) {
  int define = roll(rules, rules->defines);
  int table = rules->tables > 0 ? roll(rules, rules->tables) : -1;
  if (table >= 0 && one_in(rules, 2) && sees(scope, rules->table_scope[table]))
    put(rules, "tab%d %s %d", table, comparison(rules), roll(rules, 5));
  else if (sees(scope, rules->define_scope[define]) &&
           !(rules->to_be_kept && rules->define_asks_more[define])) {
    put(rules, "def%d", define);
    rules->asks_more |= rules->define_asks_more[define];
  } else
    fact(rules, scope);
}

static void group(rules *rules, int depth) {
  bool members = !one_in(rules, 4) || rules->to_be_kept;
  const char *words = members ? "member" : "other lead of account";
  const char *plural = members ? "members" : "other leads of account";
  scope inside = members ? MEMBER : LEAD;
  rules->in_group = true;
  rules->of_leads = !members;
  rules->asks_more |= !members;
  switch (roll(rules, 4)) {
    case 0:
    case 1:
      put(rules, "%s %s has (", one_in(rules, 2) ? "any" : "every", words);
      condition(rules, inside, depth);
      put(rules, ")");
      break;
    case 2:
      put(rules, "count of %s with (", plural);
      condition(rules, inside, depth);
      put(rules, ") >= %d", 1 + roll(rules, 2));
      break;
    default: {
      static const char *const operations[] = {"sum", "max", "min"};
      put(rules, "%s of %ssize of %s >= %d", DICE_PICK(rules->dice, operations),
          prefix(rules, inside), plural, roll(rules, 8));
    }
  }
  rules->in_group = rules->of_leads = false;
}

static void condition(rules *rules, scope scope, int depth) {
  int kind = roll(rules, depth > 0 ? 12 : 7);
  if (rules->in_event) kind = kind >= 7 ? 7 + roll(rules, 3) : roll(rules, 3);
  switch (kind) {
    case 0: fact(rules, scope); return;
    case 1:
      if (rules->in_event)
        event_fact(rules);
      else
        fact(rules, scope);
      return;
    case 2:
      if (rules->in_event) {
        fact(rules, scope);
        return;
      }
      number(rules, scope);
      put(rules, " %s %d", comparison(rules), roll(rules, 6));
      return;
    case 3:
    case 4: counting(rules); return;
    case 5:
      if (rules->scores > 0) {
        score_condition(rules, scope);
        return;
      }
      fact(rules, scope);
      return;
    case 6:
      if (rules->defines > 0) {
        define_condition(rules, scope);
        return;
      }
      fact(rules, scope);
      return;
    case 7:
    case 8: {
      const char *word = one_in(rules, 2) ? "and" : "or";
      put(rules, "(");
      condition(rules, scope, depth - 1);
      put(rules, " %s ", word);
      condition(rules, scope, depth - 1);
      put(rules, ")");
      return;
    }
    case 9:
      put(rules, "not (");
      condition(rules, scope, depth - 1);
      put(rules, ")");
      return;
    case 10:
      put(rules, "at least %d of (", 1 + roll(rules, 3));
      for (int i = 0; i < 3; i++) {
        if (i > 0) put(rules, ", ");
        condition(rules, scope, depth - 1);
      }
      put(rules, ")");
      return;
    default:
      if (scope == LEAD && !rules->in_group)
        group(rules, depth - 1);
      else
        fact(rules, scope);
  }
}

static scope at_random(rules *rules) { return (scope)roll(rules, SCOPES); }

/* ---- Declarations ---------------------------------------------------------------------------- */

static void vocabulary(rules *rules) {
  put(rules, "use \"std/events\"\nlate events up to 3 hours\nparty desk\n");
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
        "event %s by %s { n whole number, k one of (x, y, z), f flag, s rank, "
        "r set of (user, chief, buyer), d date, t text }\n",
        rules_events[i],
        i < BUYERS_EVENTS ? "buyer"
        : i == 2          ? "desk"
                          : "others");
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
static bool first_pattern(rules *rules) {
  if (rules->signals > 0 && one_in(rules, 3)) {
    int other = roll(rules, rules->signals);
    put(rules, "on sig%d", other);
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
    bool buyers = first_pattern(rules);
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
  int count = (int)(sizeof phase_names / sizeof *phase_names);
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
      static const char *const stages[] = {"new", "good", "gone"};
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
    condition(rules, LEAD, DEPTH_MAX);
    if (one_in(rules, 3)) {
      put(rules, "\n  unmet when ");
      condition(rules, LEAD, 1);
    }
    put(rules, "\n");
    rules->criteria = i + 1;
  }
}

/* A score whose points a lead sees; -1: there is none. */
static int any_score(rules *rules) {
  int at = roll(rules, rules->scores);
  return rules->score_scope[at] == ACCOUNT || rules->score_scope[at] == LEAD ? at : -1;
}

static void keep(rules *rules, int kept) {
  static const char *const values[KEPT_VALUES] = {
      [KEPT_SIZE] = "lead.size",   [KEPT_KIND] = "lead.kind",
      [KEPT_ROLES] = "lead.roles", [KEPT_DUE] = "lead.due",
      [KEPT_LABEL] = "lead.label", [KEPT_TOP] = "top = max of member.size of members"};
  if (values[kept]) {
    put(rules, "%s", values[kept]);
  } else if (kept == KEPT_WAITED) {
    put(rules, "waited = %s", one_in(rules, 2) ? "time in stage" : "age of lead");
  } else if (kept == KEPT_POINTS) {
    int score = any_score(rules);
    put(rules, score < 0 ? "points = lead.size + 0.5" : "points = score%d", score);
  } else {
    rules->to_be_kept = true;
    put(rules, "truth = (");
    condition(rules, LEAD, 1);
    put(rules, ")");
    rules->to_be_kept = false;
  }
}

static void keeps(rules *rules, int promotion) {
  const char *comma = "\n    keep ";
  for (int i = 0; i < KEPT_VALUES; i++) {
    if (!(rules->kept[promotion] >> i & 1)) continue;
    put(rules, "%s", comma);
    keep(rules, i);
    comma = ", ";
  }
  put(rules, rules->kept[promotion] ? " as best\n" : "\n");
}

static void agreement(rules *rules) {
  put(rules,
      "stages {\n  new owned by desk, opened by (ask)\n  good owned by desk\n"
      "  gone owned by desk, lost\n}\n"
      "agreement \"random\" version 1 between desk in force from 2026-01-01 {\n"
      "  applies otherwise\n"
      "  promote new to good when crit0");
  keeps(rules, 0);
  /* else the checker shows a circle */
  put(rules, "  %s good to new when crit1 and not crit0", rules->kept[1] ? "promote" : "move");
  keeps(rules, 1);
  put(rules, "  move good to gone when crit2\n  move new, good to gone after %s\n}\n",
      one_in(rules, 2) ? "9 hours" : "40 hours");
}

char *rules_random(dice *dice) {
  rules rules = {.dice = dice, .room = 4096};
  rules.text = malloc(rules.room);
  for (int i = 0; i < PROMOTIONS; i++)
    rules.kept[i] = one_in(&rules, 2) ? (unsigned)roll(&rules, 1 << KEPT_VALUES) : 0;
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

static bool read_no_zone(void *context, const char *name, treaty_text *tzif, const char **why) {
  (void)context;
  (void)name;
  (void)tzif;
  *why = "no such zone";
  return false;
}

treaty_program *rules_load(const char *text, bool tells) {
  static const char events[] =
      "event identity.merged by others { kept text, gone text }\n"
      "event leads.joined by others { kept text, gone text }\n"
      "event event.voided by others { source text, id text }\n";
  files files = {.rules = text, .events = events};
  treaty_host host = {.context = &files, .read_file = read_file, .read_zone = read_no_zone};
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = treaty_load(&host, "main.treaty", &diags, &program);
  for (size_t i = 0; tells && status != TREATY_OK && i < treaty_diags_count(diags); i++)
    printf("%s", treaty_diags_text(diags, i, false));
  treaty_diags_free(diags);
  return status == TREATY_OK ? program : NULL;
}
