using Whirr.StoreProgram;

// A process of its own around the store: one that tests can kill, and one that measures.
return args switch
{
    ["add", var path] => await Adder.RunAsync(path),
    ["hold", var path] => await Holder.RunAsync(path),
    ["fixture", var path] => await Fixture.RunAsync(path),
    ["bench", var directory] => await Bench.RunAsync(directory),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: whirr-store-program add DATABASE     add jobs without end, one line "ID UID" for each that was acknowledged
               whirr-store-program hold DATABASE    open it, say "open", keep it until standard input ends
               whirr-store-program fixture DATABASE a small database with jobs in several states, for tests/fixtures/databases
               whirr-store-program bench DIRECTORY  measure the store in a new database there
        """);
    return 2;
}
