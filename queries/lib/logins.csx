// What counts as a login, however the program that did it names it. ssh writes USER_LOGIN and USER_AUTH, su and sudo USER_AUTH alone.

string Account(AuditEvent e) => e.Data("acct") ?? e.Data("id") ?? "";

string Origin(AuditEvent e) => e.Data("addr") ?? e.Data("terminal") ?? "here";

bool FailedLogin(AuditEvent e) => e.Result == AuditResult.Fail && Account(e).Length > 0;

bool SucceededLogin(AuditEvent e) => e.Result == AuditResult.Success && Account(e).Length > 0;
