using System.Diagnostics;

namespace Streams.Live.Tests;

/// <summary>What a program left.</summary>
internal sealed record Result(int Code, string Output, string Error)
{
    /// <summary>Runs a program and waits for it.</summary>
    public static async Task<Result> Of(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["XDG_CACHE_HOME"] = LiveStreams.Cache },
        })!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Result(process.ExitCode, output, await error);
    }
}
