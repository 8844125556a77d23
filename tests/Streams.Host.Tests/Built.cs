using System.Diagnostics;

namespace Streams.Host.Tests;

/// <summary>The program as it was built, and the repository that it was built in.</summary>
internal static class Built
{
    public static string Root { get; } = FindRoot();

    /// <summary>The program.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "streams");

    /// <summary>Runs the program and waits for it.</summary>
    public static Result Run(params string[] args) => Run(args, input: null);

    /// <summary>Runs the program with a text on its standard input.</summary>
    public static Result Run(string[] args, string? input)
    {
        using Process process = Start(args);
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result(process.ExitCode, output, error.Result);
    }

    /// <summary>Starts the program with its streams connected to this test.</summary>
    // A background job has SIGINT ignored (POSIX shell, 2.11), one of nohup SIGHUP, and so has all that it starts.
    public static Process Start(params string[] args) => Process.Start(
        new ProcessStartInfo("env", ["--default-signal=HUP,INT", Program, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["XDG_CACHE_HOME"] = Cache },
        })!;

    // Compiled scripts stay out of the user's cache, and those of one test serve the next.
    private static string Cache { get; } = Path.Combine(AppContext.BaseDirectory, "cache");

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Streams.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"no Streams.sln above {AppContext.BaseDirectory}");
        }

        return folder.FullName;
    }
}

/// <summary>What a run of the program left.</summary>
internal sealed record Result(int Code, string Output, string Error);
