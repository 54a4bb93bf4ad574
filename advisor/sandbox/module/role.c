/* The planner and the start of the executor run functions of the monitored database: not with our powers. */
#include "planner_module.h"

#include "utils/acl.h"
#include "utils/guc.h"

/* Reads and writes rows of an empty database and owns nothing. */
#define PLANNER_ROLE "pgadvisor_planner"

/* An error in between needs no care: the end of the transaction restores user and settings. */
void pga_drop_powers(PgaPowers* powers) {
  Oid role = get_role_oid(PLANNER_ROLE, true);

  GetUserIdAndSecContext(&powers->user, &powers->security_context);
  powers->guc_level = NewGUCNestLevel();
  if (OidIsValid(role))
    SetUserIdAndSecContext(
        role, powers->security_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
}

void pga_take_powers(const PgaPowers* powers) {
  AtEOXact_GUC(false, powers->guc_level);
  SetUserIdAndSecContext(powers->user, powers->security_context);
}
