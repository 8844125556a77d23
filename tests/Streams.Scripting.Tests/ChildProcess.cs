using System.Runtime.CompilerServices;

namespace Streams.Scripting.Tests;

/// <summary>This program as a child of a test: it loads a folder of scripts, says which assemblies that took, and ends.</summary>
internal static class ChildProcess
{
    public const string Argument = "--load-scripts";

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetCommandLineArgs() is not [_, Argument, var scripts, var cache]) return;
        using LoadResult result = new ScriptLoader(new ScriptOptions { Folder = scripts, CacheFolder = cache }).Load();
        Console.WriteLine($"{result.Compiled} compiled, {result.Cached} cached");
        foreach (System.Reflection.Assembly assembly in AppDomain.CurrentDomain.GetAssemblies()) Console.WriteLine(assembly.GetName().Name);
        Environment.Exit(0);
    }
}
