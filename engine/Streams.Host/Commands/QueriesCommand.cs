using System.CommandLine;
using System.Text.Json;
using Streams.Engine;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary><c>streams queries</c>: which queries there are.</summary>
internal static class QueriesCommand
{
    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object for each query." };
        var command = new ExampleCommand(
            "queries",
            "List the queries with severity, ATT&CK technique and the audit rules they need.",
            "./streams queries",
            "./streams queries --json | jq -r '.rules[]' | sort -u > /etc/audit/rules.d/streams.rules");
        shared.AddQueriesTo(command);
        command.Add(json);
        command.SetAction(parsed => Run(parsed, shared, parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, SharedOptions shared, bool json)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForScripts);
        if (FileMessages.Report(problems)) return ExitCode.Error;

        using LoadResult scripts = shared.Load(parsed, settings, Trust.ForScripts);
        int code = FileMessages.Report(scripts);
        if (json) WriteJson(scripts.Queries);
        else Console.Out.Write(QueryList.Render(scripts.Queries, Terminal.HasColour));
        return code;
    }

    private static void WriteJson(IReadOnlyList<QueryDefinition> queries)
    {
        using var output = new StandardOutput();
        foreach (QueryDefinition query in queries)
        {
            using (var json = new Utf8JsonWriter(output.Next, ReadableJson.WriterOptions))
            {
                json.WriteStartObject();
                json.WriteString("name", query.Name);
                json.WriteString("severity", query.Severity.ToString().ToLowerInvariant());
                json.WriteString("description", query.Description);
                WriteList(json, "techniques", query.Techniques);
                WriteList(json, "rules", query.Rules);
                json.WriteBoolean("volatile", query.IsVolatile);
                json.WriteString("file", query.File);
                json.WriteNumber("line", query.Line);
                json.WriteEndObject();
            }

            System.Buffers.BuffersExtensions.Write(output.Next, "\n"u8);
            output.Written();
        }

        output.Flush();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
