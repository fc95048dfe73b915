/* csv.c - target: a CSV file, read as a list and as a catalogue with a column of each kind. */
#include "tests/fuzz/play.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/world.h"

static const char list[] =
    "party desk\n"
    "account { mail text }\n"
    "list name from \"list.csv\"\n"
    "event ask by buyer { mail text }\n"
    "on ask { set account.mail to event.mail }\n"
    "stages { new owned by desk, opened by (ask)  lost owned by desk, lost }\n"
    "agreement \"A\" version 1 between desk in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to lost when account.mail in name\n"
    "  move new to lost after 30 days\n"
    "}\n";

static const char catalogue[] =
    "party desk\n"
    "type need as scale (low < high)\n"
    "account { product text, need need }\n"
    "catalogue offers keyed by name, need {\n"
    "  name text, need need, price money in EUR, share number, days whole number, ready flag,\n"
    "  since date, checked time, effort duration, \"Sold by\" as seller text,\n"
    "  roles set of (user, buyer), tags list of text, kind one of (big, small)\n"
    "} from \"offers.csv\"\n"
    "define price   of account as offers(product, account.need).price\n"
    "define days    of account as offers(product, account.need).days\n"
    "define effort  of account as offers(product, account.need).effort\n"
    "define checked of account as offers(product, account.need).checked\n"
    "define is_new  of account as offers(product, account.need).tags has \"demo\"\n"
    "event ask by buyer { product text, need need }\n"
    "on ask { set account.product to event.product  set account.need to event.need }\n"
    "stages { new owned by desk, opened by (ask)  lost owned by desk, lost }\n"
    "agreement \"A\" version 1 between desk in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to lost when price >= 10 EUR or days >= 3 or effort >= 1 hour or is_new\n"
    "                     or checked >= 2026-04-01 08:00\n"
    "  move new to lost after 30 days\n"
    "}\n";

static void load(const char *treaty, treaty_text csv) {
  world world = {.main = world_text(treaty), .other = csv};
  treaty_program *program = world_load(&world);
  if (program) play_by_dice(program, csv.length, 4);
  treaty_program_free(program);
}

void fuzz_csv(const uint8_t *bytes, size_t length) {
  treaty_text csv = {length ? (const char *)bytes : "", length};
  load(list, csv);
  load(catalogue, csv);
}
