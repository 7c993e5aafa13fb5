import { testContract } from "./contract.js";
import { library } from "./template.js";

testContract(library);
