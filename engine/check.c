/* check.c - gathers the names of a treaty and has everything looked at in order; see check.h. */
#include "engine/check.h"

#include <string.h>

#include "engine/beside.h"
#include "engine/limits.h"
#include "grammar/near.h"

const char *const tr_entity_names[TR_ENTITIES] = {"account", "person", "lead", "member"};

/* ---- Names ----------------------------------------------------------------------------------- */

static bool same_name(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *name = ((const tr_symbols *)owner)->all.items[index].name;
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

uint32_t tr_part_of(const tr_symbols *symbols, tr_span span) {
  return symbols->file_parts ? symbols->file_parts[span.file] : 0;
}

const tr_symbol *tr_symbol_in(const tr_symbols *symbols, uint32_t part, const char *name) {
  uint32_t index = tr_map_find(&symbols->parts[part].names, name, strlen(name));
  return index == TR_MAP_NONE ? NULL : &symbols->all.items[index];
}

const tr_symbol *tr_symbol_find(const tr_symbols *symbols, tr_name name) {
  return tr_symbol_in(symbols, tr_part_of(symbols, name.span), name.text);
}

static const char *const kind_names[] = {
    [SYMBOL_PARTY] = "a party",         [SYMBOL_CONTACT] = "a contact",
    [SYMBOL_LIST] = "a list",           [SYMBOL_CATALOGUE] = "a catalogue",
    [SYMBOL_EVENT] = "an event",        [SYMBOL_SIGNAL] = "a signal",
    [SYMBOL_SCORE] = "a score",         [SYMBOL_DEFINE] = "a definition",
    [SYMBOL_CRITERION] = "a criterion", [SYMBOL_STAGE] = "a stage",
    [SYMBOL_PHASE] = "a phase",         [SYMBOL_CALENDAR] = "a calendar",
    [SYMBOL_TEAM] = "a team",           [SYMBOL_KEPT] = "what a promotion keeps",
};

static void declared_twice(tr_check *check, const tr_symbol *again, const tr_symbol *there) {
  tr_diag *diag =
      tr_report(check->diags, DIAG_DUPLICATE, again->span, "'%s' is declared twice", again->name);
  tr_diag_related(diag, there->span, "%s of this name", kind_names[there->kind]);
  if (tr_check_is_std(check, there->span)) tr_diag_help(diag, "Give yours another name.");
}

/* Of what there is one for all treaties side by side. */
static bool is_common(const tr_symbol *symbol) {
  switch (symbol->kind) {
    case SYMBOL_PARTY:
    case SYMBOL_EVENT:
    case SYMBOL_STAGE:
    case SYMBOL_PHASE:
    case SYMBOL_KEPT: /* a lead takes along what it keeps */
    case SYMBOL_TEAM: return true;
    case SYMBOL_SIGNAL: return ((const tr_signal *)symbol->decl)->kind == SIGNAL_OVER_LIMIT;
    default: return false;
  }
}

/* The last of all gets the name in a treaty. A name of the standard rules goes before that of the
 * treaty, which alone can be changed. */
static bool declare_in(tr_check *check, uint32_t part, const tr_symbol *symbol) {
  tr_symbols *symbols = check->symbols;
  tr_symbol *there = (tr_symbol *)tr_symbol_in(symbols, part, symbol->name);
  if (there && tr_check_is_std(check, symbol->span)) {
    tr_symbol own = *there;
    *there = *symbol;
    declared_twice(check, &own, there);
  } else if (there) {
    declared_twice(check, symbol, there);
  } else {
    tr_map_add(&symbols->parts[part].names, symbol->name, strlen(symbol->name),
               symbols->all.count - 1);
    return true;
  }
  return false;
}

void tr_check_declare(tr_check *check, tr_name name, tr_symbol_kind kind, uint32_t index,
                      void *decl) {
  tr_symbols *symbols = check->symbols;
  tr_symbol symbol = {
      .name = name.text, .kind = kind, .span = name.span, .index = index, .decl = decl};
  uint32_t own = tr_part_of(symbols, name.span);
  TR_PUSH(check->arena, &symbols->all, symbol);
  bool fresh = true; /* it is said once that it is not */
  for (uint32_t part = 0; fresh && part < symbols->part_count; part++)
    if (part == own || is_common(&symbol)) fresh = declare_in(check, part, &symbol);
}

/* A frame asks, another declaration answers: together they are one. */
static void join_defines(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->defines.count; i++) {
    tr_define *define = check->tree->defines.items[i];
    const tr_symbol *there = tr_symbol_find(check->symbols, define->name);
    tr_define *other = there && there->kind == SYMBOL_DEFINE ? there->decl : NULL;
    if (!other || (other->value && define->value) || (!other->value && !define->value)) {
      TR_PUSH(check->arena, &check->symbols->defines, define);
      tr_check_declare(check, define->name, SYMBOL_DEFINE, check->symbols->defines.count - 1,
                       define);
      continue;
    }
    if (other->entity != define->entity) {
      tr_diag *diag = tr_report(check->diags, DIAG_WRONG_KIND, define->name.span,
                                "'%s' is asked of %s and answered of %s", define->name.text,
                                tr_entity_names[other->value ? define->entity : other->entity],
                                tr_entity_names[other->value ? other->entity : define->entity]);
      tr_diag_related(diag, other->name.span, "the other");
    }
    if (!other->type) other->type = define->type;
    if (!other->value) {
      other->value = define->value;
      other->fixed_at = define->fixed_at;
      other->name.span = define->name.span;
    }
  }
}

static void join_criteria(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->criteria.count; i++) {
    tr_criterion *criterion = check->tree->criteria.items[i];
    const tr_symbol *there = tr_symbol_find(check->symbols, criterion->name);
    tr_criterion *other = there && there->kind == SYMBOL_CRITERION ? there->decl : NULL;
    if (!other || (other->met && criterion->met) || (!other->met && !criterion->met)) {
      TR_PUSH(check->arena, &check->symbols->criteria, criterion);
      tr_check_declare(check, criterion->name, SYMBOL_CRITERION, check->symbols->criteria.count - 1,
                       criterion);
      continue;
    }
    if (criterion->question) other->question = criterion->question;
    if (criterion->met) {
      other->met = criterion->met;
      other->unmet = criterion->unmet;
      other->span = criterion->span;
      other->name.span = criterion->name.span;
    }
  }
}

#define DECLARE_ALL(list, kind)                                                       \
  for (uint32_t i = 0; i < tree->list.count; i++) {                                   \
    tr_check_declare(check, tree->list.items[i]->name, kind, i, tree->list.items[i]); \
  }

static tr_type *type_of_names(tr_check *check, tr_type_kind kind) {
  tr_type *type = TR_NEW(check->arena, tr_type);
  type->kind = kind;
  return type;
}

/* What is said as in a treaty before is declared there. */
static void gather_aliases(tr_check *check) {
  tr_symbols *symbols = check->symbols;
  for (uint32_t i = 0; i < symbols->alias_count; i++) {
    const tr_alias *alias = &symbols->aliases[i];
    const tr_symbol *there = tr_symbol_in(symbols, alias->declared_in, alias->name);
    if (there && !tr_symbol_in(symbols, alias->part, alias->name))
      tr_map_add(&symbols->parts[alias->part].names, alias->name, strlen(alias->name),
                 (uint32_t)(there - symbols->all.items));
  }
}

static void gather(tr_check *check) {
  tr_tree *tree = check->tree;
  DECLARE_ALL(parties, SYMBOL_PARTY)
  DECLARE_ALL(contacts, SYMBOL_CONTACT)
  DECLARE_ALL(lists, SYMBOL_LIST)
  DECLARE_ALL(catalogues, SYMBOL_CATALOGUE)
  DECLARE_ALL(events, SYMBOL_EVENT)
  tr_check_declare(check, (tr_name){.text = TR_BUYER_EVENTS}, SYMBOL_EVENT, tree->events.count,
                   (void *)&tr_buyer_event);
  tr_check_gather_over_limit(check);
  DECLARE_ALL(signals, SYMBOL_SIGNAL)
  DECLARE_ALL(scores, SYMBOL_SCORE)
  join_defines(check);
  join_criteria(check);
  DECLARE_ALL(calendars, SYMBOL_CALENDAR)
  DECLARE_ALL(teams, SYMBOL_TEAM)
  tr_type *stages = type_of_names(check, TYPE_STAGE), *parties = type_of_names(check, TYPE_PARTY);
  for (uint32_t i = 0; i < tree->parties.count; i++) {
    TR_PUSH(check->arena, &parties->values, tree->parties.items[i]->name);
  }
  if (tree->stages.count > 0) {
    tr_stage_list *list = &tree->stages.items[0]->list;
    for (uint32_t i = 0; i < list->count; i++) {
      tr_check_declare(check, list->items[i].name, SYMBOL_STAGE, i, &list->items[i]);
      TR_PUSH(check->arena, &stages->values, list->items[i].name);
    }
  }
  tr_check_gather_phases(check);
  tr_check_gather_kept(check);
  gather_aliases(check);
  check->symbols->stage_type = stages;
  check->symbols->party_type = parties;
}

/* ---- What could not be read ------------------------------------------------------------------ */

bool tr_check_is_whole(const tr_check *check) {
  return check->tree->lost.count == 0 && !check->tree->lost_file;
}

static bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (unsigned char)c >= 0x80;
}

/* Whether the word stands in the text. '-' counts as '_': who writes `form-sent` where it cannot
 * stand means the `form_sent` of another place. */
static bool has_word(const char *text, size_t length, const char *word) {
  size_t size = strlen(word), k;
  for (size_t i = 0; i + size <= length; i++) {
    if (i > 0 && is_word_byte(text[i - 1])) continue;
    for (k = 0; k < size && (text[i + k] == word[k] || (text[i + k] == '-' && word[k] == '_'));)
      k++;
    if (k == size && (i + size == length || !is_word_byte(text[i + size]))) return true;
  }
  return false;
}

/* Once no error is kept any more it makes no difference, and would take long: there are many. */
bool tr_check_may_be_lost(const tr_check *check, const char *name) {
  if (check->tree->lost_file) return true;
  if (tr_diags_is_full(check->diags)) return false;
  const char *dot = strrchr(name, '.');
  for (uint32_t i = 0; i < check->tree->lost.count; i++) {
    tr_span lost = check->tree->lost.items[i];
    const char *text = check->diags->sources.files.items[lost.file].bytes + lost.from;
    if (has_word(text, lost.to - lost.from, dot ? dot + 1 : name)) return true;
  }
  return false;
}

bool tr_check_is_cut_off(const tr_check *check, tr_span span) {
  if (tr_diags_is_full(check->diags)) return false;
  for (uint32_t i = 0; i < check->tree->lost.count; i++) {
    tr_span lost = check->tree->lost.items[i];
    if (lost.file != span.file || lost.from < span.to) continue;
    const char *behind = check->diags->sources.files.items[span.file].bytes + span.to;
    if (strspn(behind, " \t") == lost.from - span.to) return true;
  }
  return false;
}

bool tr_check_is_party(const tr_check *check, const char *name) {
  const tr_symbol *symbol = tr_symbol_in(check->symbols, 0, name); /* parties are there for all */
  return symbol && symbol->kind == SYMBOL_PARTY;
}

/* `form_sent` is meant for `web.form_sent`. */
static const char *ending_in(const char *name, const char *const *candidates, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const char *dot = strrchr(candidates[i], '.');
    if (dot && strcmp(dot + 1, name) == 0) return candidates[i];
  }
  return NULL;
}

void tr_check_unknown(tr_check *check, tr_diag_code code, tr_name name, const char *what,
                      const char *const *candidates, size_t count) {
  if (tr_check_may_be_lost(check, name.text) || tr_check_is_cut_off(check, name.span)) return;
  tr_diag *diag = tr_report(check->diags, code, name.span, "'%s' is not %s", name.text, what);
  const char *near = tr_near_name(name.text, candidates, count);
  if (!near) near = ending_in(name.text, candidates, count);
  if (near) tr_diag_help(diag, "Did you mean '%s'?", near);
}

const tr_symbol *tr_check_name(tr_check *check, tr_name name, tr_symbol_kind kind,
                               tr_symbol_kind other, const char *what) {
  const tr_symbols *symbols = check->symbols;
  const tr_symbol *symbol = tr_symbol_find(symbols, name);
  if (symbol && (symbol->kind == kind || symbol->kind == other)) return symbol;
  if (symbol) {
    tr_diag *diag = tr_report(check->diags, DIAG_WRONG_KIND, name.span, "'%s' is %s, not %s",
                              name.text, kind_names[symbol->kind], what);
    tr_diag_related(diag, symbol->span, "declared here");
    if (kind == SYMBOL_CONTACT && symbol->kind == SYMBOL_PARTY) {
      tr_diag_help(diag, "Declare one: 'contact NAME of %s \"ADDRESS\"'.", name.text);
    }
    return NULL;
  }
  uint32_t room = tr_diags_is_full(check->diags) ? 0 : symbols->all.count;
  const char **names = TR_NEW_ARRAY(check->arena, const char *, room + 1);
  size_t count = 0;
  for (uint32_t i = 0; i < room; i++) {
    const tr_symbol *candidate = &symbols->all.items[i];
    if (candidate->decl == &tr_buyer_event) continue;
    if (candidate->kind == kind || candidate->kind == other) names[count++] = candidate->name;
  }
  tr_check_unknown(check, DIAG_UNKNOWN_NAME, name, what, names, count);
  return NULL;
}

/* ---- Triggers -------------------------------------------------------------------------------- */

static void use_named(tr_check *check, tr_name name) {
  const tr_symbol *on = name.text ? tr_symbol_find(check->symbols, name) : NULL;
  if (on && (on->kind == SYMBOL_EVENT || on->kind == SYMBOL_SIGNAL))
    tr_check_use_trigger(check, on);
}

void tr_check_use_trigger(tr_check *check, const tr_symbol *symbol) {
  if (!symbol) return;
  if (symbol->decl == &tr_buyer_event) {
    tr_check_use_buyers(check);
    return;
  }
  if (symbol->kind == SYMBOL_EVENT) {
    check->event_used[symbol->index] = true;
    return;
  }
  if (check->signal_used[symbol->index]) return;
  check->signal_used[symbol->index] = true;
  const tr_signal *signal = symbol->decl;
  for (uint32_t i = 0; i < signal->patterns.count; i++)
    use_named(check, signal->patterns.items[i].event);
  use_named(check, signal->other);
}

void tr_check_count_trigger(tr_check *check, const tr_symbol *symbol) {
  uint32_t before = symbol->kind == SYMBOL_EVENT ? check->tree->signals.count : 0;
  bool *counted = &check->counted[before + symbol->index];
  check->counted_count += !*counted;
  *counted = true;
}

bool tr_check_is_buyers(const tr_event_decl *event) { return strcmp(event->by.text, "buyer") == 0; }

void tr_check_use_buyers(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->events.count; i++)
    check->event_used[i] |= tr_check_is_buyers(check->tree->events.items[i]);
}

const tr_event_decl *tr_check_trigger_event(tr_check *check, const tr_symbol *symbol) {
  for (int depth = 0; symbol && depth < 100; depth++) {
    if (symbol->kind == SYMBOL_EVENT) return symbol->decl;
    if (symbol->kind != SYMBOL_SIGNAL) return NULL;
    const tr_signal *signal = symbol->decl;
    if (signal->patterns.count != 1) return NULL;
    symbol = tr_symbol_find(check->symbols, signal->patterns.items[0].event); /* any: none */
  }
  return NULL;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static void check_zone(tr_check *check) {
  for (uint32_t i = 1; i < check->tree->zones.count; i++) {
    if (strcmp(check->tree->zones.items[i].text, check->tree->zones.items[0].text) == 0) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_REPEATED, check->tree->zones.items[i].span,
                              "a treaty has one zone");
    tr_diag_related(diag, check->tree->zones.items[0].span, "the first");
  }
}

static void warn_unused_events(tr_check *check) {
  for (uint32_t i = 0; i < check->tree->events.count; i++) {
    const tr_event_decl *event = check->tree->events.items[i];
    if (check->event_used[i] || tr_check_is_std(check, event->name.span)) continue;
    tr_report(check->diags, DIAG_UNUSED_EVENT, event->name.span, "nothing acts on '%s'",
              event->name.text);
  }
}

bool tr_check_tree(tr_check *check) {
  tr_symbols *symbols = check->symbols;
  symbols->arena = check->arena;
  symbols->tree = check->tree;
  for (uint32_t i = 0; i < symbols->part_count; i++)
    tr_map_init(&symbols->parts[i].names, symbols->memory, (tr_hash_key){1, 2}, same_name, symbols);
  tr_arena_init(&check->scratch, symbols->memory);
  tr_check_gather_types(check);
  gather(check);
  check->event_used = TR_NEW_ARRAY(check->arena, bool, check->tree->events.count + 1);
  check->counted =
      TR_NEW_ARRAY(check->arena, bool, check->tree->signals.count + check->tree->events.count + 1);
  check->signals = TR_NEW_ARRAY(check->arena, tr_followed, check->tree->signals.count + 1);
  check->signal_used = TR_NEW_ARRAY(check->arena, bool, check->tree->signals.count + 1);
  check->defines = TR_NEW_ARRAY(check->arena, tr_followed, symbols->defines.count + 1);
  check->criteria = TR_NEW_ARRAY(check->arena, tr_followed, symbols->criteria.count + 1);
  check->scores = TR_NEW_ARRAY(check->arena, tr_followed, check->tree->scores.count + 1);
  check->following = TR_NO_DEFINE;
  check_zone(check);
  tr_check_known(check);
  tr_check_phases(check);
  tr_check_people(check);
  tr_check_stages(check);
  tr_check_agreements(check);
  tr_check_tests(check);
  tr_check_phases_answered(check);
  tr_check_asked(check);
  if (check->diags->error_count == 0) warn_unused_events(check);
  return check->diags->error_count == 0;
}
