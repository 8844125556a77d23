// Needs no audit rule: PAM writes these records itself.
#load "lib/logins.csx"

Query("auth-failures-then-success", Severity.High, "An account authenticated right after it had failed three times")
    .Attack("T1110", "T1078")
    .From(audit => audit.Records("USER_AUTH")
        .Sequence("guesses", e => Account(e), Minutes(10), steps => steps.Then(e => FailedLogin(e), times: 3).Then(e => SucceededLogin(e))))
    .Alert(s => $"{s.Host}: {s.Key} authenticated from {Origin(s.Last)} after three failures");
