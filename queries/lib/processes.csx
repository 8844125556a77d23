// What a collector on the host knows beside the records; a log alone does not say it.

string StartedBy(AuditEvent executed) => executed.Process.Parent.Executable is { } parent ? $", started by {parent}" : "";
