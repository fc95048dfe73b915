/* proof_cells.c - the variables of a proof and the cells that constants cut them into; see proof.h.
 */
#include <string.h>

#include "engine/proof.h"

/* What stands for all texts that no condition names. */
#define OTHER_TEXT (-1)

/* More cuts of a variable that can be a range would make too many ranges. */
#define RANGE_POINTS_MAX 17

static bool same(const tr_expr *a, const tr_expr *b);

static bool has_all_values(const tr_type *type) {
  return type && tr_type_has_values(type) && type->values.count <= TR_SET_VALUES_MAX * 4;
}

/* ---- Which variable -------------------------------------------------------------------------- */

static bool same_lists(const tr_exprs *a, const tr_exprs *b) {
  if (a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++) {
    if (!same(a->items[i], b->items[i])) return false;
  }
  return true;
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same(const tr_expr *a, const tr_expr *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->compare != b->compare || a->group != b->group ||
      a->ref_kind != b->ref_kind || a->entity != b->entity || a->index != b->index ||
      a->number != b->number || a->table != b->table || a->outside != b->outside ||
      !same_text(a->text, b->text) || !same_text(a->member.text, b->member.text))
    return false;
  if (a->kind != EXPR_NAME && !same_text(a->name.text, b->name.text)) return false;
  return same(a->left, b->left) && same(a->right, b->right) && same_lists(&a->list, &b->list);
}

static bool is_like(const tr_variable *a, const tr_variable *b) {
  if (a->kind != b->kind || a->truth != b->truth) return false;
  if (a->kind == VARIABLE_OTHER || a->kind == VARIABLE_COUNT)
    return a->type == b->type && same(a->expr, b->expr);
  return a->entity == b->entity && a->index == b->index && a->element == b->element &&
         a->outside == b->outside;
}

uint32_t tr_proof_variable(tr_proof *proof, const tr_variable *like) {
  for (uint32_t i = 0; i < proof->variables.count; i++) {
    if (is_like(&proof->variables.items[i], like)) return i;
  }
  TR_PUSH(proof->arena, &proof->variables, *like);
  return proof->variables.count - 1;
}

static bool same_fold(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *folded = ((const tr_proof *)owner)->texts.items[index].folded;
  return strlen(folded) == length && memcmp(folded, bytes, length) == 0;
}

void tr_proof_texts_init(tr_proof *proof) {
  tr_map_init(&proof->texts_by_fold, proof->arena->memory, (tr_hash_key){1, 2}, same_fold, proof);
}

int64_t tr_proof_text_value(tr_proof *proof, const char *text) {
  size_t length;
  const char *folded = tr_fold(proof->arena, text, strlen(text), &length);
  uint32_t found = tr_map_find(&proof->texts_by_fold, folded, length);
  if (found != TR_MAP_NONE) return found;
  tr_proof_text made = {.text = text, .folded = tr_arena_copy(proof->arena, folded, length)};
  TR_PUSH(proof->arena, &proof->texts, made);
  tr_map_add(&proof->texts_by_fold, folded, length, proof->texts.count - 1);
  return proof->texts.count - 1;
}

tr_variable *tr_proof_ask(tr_proof *proof, uint32_t number) {
  tr_variable *variable = &proof->variables.items[number];
  if (variable->question == proof->questions) return variable;
  variable->question = proof->questions;
  memset(&variable->cuts, 0, sizeof variable->cuts);
  variable->cell_count = 0;
  variable->cell = TR_OPEN;
  variable->free = variable->anything;
  return variable;
}

void tr_proof_cut(tr_proof *proof, uint32_t number, int64_t value) {
  tr_variable *variable = tr_proof_ask(proof, number);
  if (has_all_values(variable->type) || variable->free) return;
  variable->free = variable->cuts.count >= TR_PROOF_CUTS_MAX;
  for (uint32_t i = 0; i < variable->cuts.count; i++) {
    if (variable->cuts.items[i] == value) return;
  }
  TR_PUSH(&proof->question, &variable->cuts, value);
}

/* ---- Its cells ------------------------------------------------------------------------------- */

typedef TR_LIST(int64_t) points;

static void sort(int64_t *items, uint32_t count) {
  for (uint32_t i = 1; i < count; i++) {
    int64_t item = items[i];
    uint32_t k = i;
    for (; k > 0 && items[k - 1] > item; k--) items[k] = items[k - 1];
    items[k] = item;
  }
}

/* How far two neighbouring values lie apart. */
static int64_t grain(const tr_type *type) { return type && type->kind == TYPE_WHOLE ? 1000000 : 1; }

static int64_t floor_to(int64_t value, int64_t step) {
  int64_t rest = value % step;
  return value - rest - (rest < 0 ? step : 0);
}

/* The unit in which a duration is told. */
static int64_t unit_of(int64_t ms) {
  return ms % 86400000 == 0 ? 86400000 : ms % 3600000 == 0 ? 3600000 : 60000;
}

/* From `cut` to a round value well inside of a gap, where there is room. */
static int64_t readable_step(const tr_type *type, int64_t cut) {
  switch (type ? type->kind : TYPE_NUMBER) {
    case TYPE_NUMBER: return 1000000;
    case TYPE_DURATION: return unit_of(cut);
    case TYPE_TIME: return 60000;
    case TYPE_MONEY: return 100;
    default: return grain(type);
  }
}

static void add_point(tr_proof *proof, const tr_variable *variable, points *points, int64_t value) {
  if (value < variable->low || value > variable->high) return;
  if (points->count > 0 && points->items[points->count - 1] >= value) return;
  TR_PUSH(&proof->question, points, value);
}

/* The largest value below a cut that lies above `from`: a round one where there is room. */
static void add_below(tr_proof *proof, const tr_variable *variable, points *points, int64_t from,
                      int64_t cut) {
  int64_t step = grain(variable->type), wide = readable_step(variable->type, cut);
  int64_t nearest = floor_to(cut - 1, step), round = floor_to(cut - wide, step);
  if (round > from && round >= variable->low)
    add_point(proof, variable, points, round);
  else if (nearest > from)
    add_point(proof, variable, points, nearest);
}

static void stretches(tr_proof *proof, tr_variable *variable, points *points) {
  int64_t step = grain(variable->type), from = INT64_MIN;
  sort(variable->cuts.items, variable->cuts.count);
  for (uint32_t i = 0; i < variable->cuts.count; i++) {
    int64_t cut = variable->cuts.items[i];
    add_below(proof, variable, points, from, cut);
    if (floor_to(cut, step) == cut) add_point(proof, variable, points, cut);
    from = cut;
  }
  if (from == INT64_MIN) from = variable->low > 0 ? variable->low : 0;
  add_point(proof, variable, points, floor_to(from, step) + readable_step(variable->type, from));
  if (points->count == 0) add_point(proof, variable, points, variable->high);
}

static void fill_points(tr_proof *proof, tr_variable *variable, points *points) {
  const tr_type *type = variable->type;
  uint32_t values = variable->truth ? 2 : has_all_values(type) ? type->values.count : 0;
  for (uint32_t i = 0; i < values; i++) TR_PUSH(&proof->question, points, (int64_t)i);
  if (values > 0) return;
  if (!type || !tr_type_is_text(type)) {
    stretches(proof, variable, points);
    return;
  }
  for (uint32_t i = 0; i < variable->cuts.count; i++)
    TR_PUSH(&proof->question, points, variable->cuts.items[i]);
  TR_PUSH(&proof->question, points, (int64_t)OTHER_TEXT);
}

static void divide(tr_proof *proof, tr_variable *variable) {
  points points = {0};
  fill_points(proof, variable, &points);
  uint32_t count = points.count;
  variable->free |= variable->ranges && count > RANGE_POINTS_MAX;
  uint32_t room = variable->ranges && !variable->free ? count * (count + 1) / 2 : count;
  variable->cells = TR_NEW_ARRAY(&proof->question, tr_cell_value, room + 1);
  for (uint32_t width = 0; width < (variable->ranges && !variable->free ? count : 1); width++) {
    for (uint32_t i = 0; i + width < count; i++) {
      variable->cells[variable->cell_count++] =
          (tr_cell_value){.low = points.items[i], .high = points.items[i + width]};
    }
  }
  if (!variable->always_known)
    variable->cells[variable->cell_count++] = (tr_cell_value){.unknown = true};
}

void tr_proof_divide(tr_proof *proof) {
  for (uint32_t i = 0; i < proof->variables.count; i++) {
    tr_variable *variable = &proof->variables.items[i];
    if (variable->question == proof->questions && variable->cell_count == 0)
      divide(proof, variable);
  }
}
