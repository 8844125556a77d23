// Needs no audit rule: PAM writes these records itself.
#load "lib/logins.csx"

Query("auth-failures-repeated", Severity.High, "The same account failed to authenticate again and again")
    .Attack("T1110.001")
    .From(audit => audit.Records("USER_AUTH")
        .Where(e => FailedLogin(e))
        .Frequency("failures", e => Account(e), count: 5, within: Minutes(5)))
    .Alert(f => $"{f.Host}: {f.Key} failed to authenticate {f.Count} times from {Origin(f.Event)}");
